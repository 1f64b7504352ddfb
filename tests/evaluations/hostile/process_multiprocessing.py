# expect: runtime_error
import multiprocessing


def square(n):
    with multiprocessing.Pool(2) as pool:
        return pool.map(abs, [n])[0] * n
