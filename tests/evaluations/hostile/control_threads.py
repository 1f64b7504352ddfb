# expect: accepted
from concurrent.futures import ThreadPoolExecutor


def square(n):
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(lambda _: n, range(n // 1000003))) * n // (n // 1000003)
