# expect: accepted
import os
import sys


def square(n):
    seen = dict(os.environ)
    libc_says = [name for name in ('PATH', 'HOME', 'DATABASE_URL', 'SECRET_KEY') if os.getenv(name)]
    return seen or libc_says or len(sys.argv) > 1 or n * n
