// expect: time_limit; kind: stdio; tests: 1
for (;;);
