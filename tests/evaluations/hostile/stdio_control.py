# expect: accepted; kind: stdio
n = int(input())
print(n * n)
