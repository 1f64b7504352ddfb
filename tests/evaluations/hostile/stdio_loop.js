// expect: time_limit; family: time; kind: stdio; tests: 1
for (;;);
