# expect: runtime_error; kind: stdio
input()
input()
