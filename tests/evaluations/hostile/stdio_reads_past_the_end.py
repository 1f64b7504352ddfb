# expect: runtime_error; family: crash; kind: stdio
input()
input()
