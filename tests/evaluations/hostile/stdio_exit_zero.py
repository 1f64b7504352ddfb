# expect: accepted; family: control; kind: stdio
import sys

n = int(input())
print(n * n)
sys.exit()
