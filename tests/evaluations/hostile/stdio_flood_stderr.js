// expect: output_limit; kind: stdio; tests: 1
for (;;) console.error('x'.repeat(10000));
