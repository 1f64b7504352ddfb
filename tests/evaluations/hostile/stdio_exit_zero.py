# expect: accepted; kind: stdio
import sys

n = int(input())
print(n * n)
sys.exit()
