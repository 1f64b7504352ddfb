# expect: runtime_error; kind: stdio
import sys

n = int(input())
print(n * n)
sys.exit(3)
