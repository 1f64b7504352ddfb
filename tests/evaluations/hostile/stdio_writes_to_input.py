# expect: accepted; family: files; kind: stdio
import os

n = int(input())
try:
    os.write(0, b'999')
    print('written')
except OSError:
    print(n * n)
