// expect: output_limit; family: output; kind: stdio; tests: 1
for (;;) console.log('x'.repeat(10000));
