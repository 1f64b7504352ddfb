// expect: compile_error; family: compile; kind: stdio
const = 3;
