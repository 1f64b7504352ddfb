# expect: memory_limit; time: 10000
def square(n):
    heap = []
    while True:
        heap.append('x' * 1_000_000)
