# expect: runtime_error; family: crash; kind: stdio
import sys

n = int(input())
print(n * n)
sys.exit(3)
