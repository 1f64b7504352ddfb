// expect: compile_error; kind: stdio
const = 3;
