# expect: memory_limit
def square(n):
    heap = []
    while True:
        heap.append('x' * 1_000_000)
