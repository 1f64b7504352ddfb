// expect: output_limit; kind: stdio; tests: 1
for (;;) console.log('x'.repeat(10000));
