# expect: accepted; family: control; kind: stdio
n = int(input())
print(n * n)
