// expect: output_limit; family: output; kind: stdio; tests: 1
for (;;) console.error('x'.repeat(10000));
