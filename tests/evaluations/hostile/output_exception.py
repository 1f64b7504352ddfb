# expect: runtime_error
# A message of many megabytes and a chain of a thousand causes: cut before they leave.
def square(n):
    problem = None
    for _ in range(1000):
        cause, problem = problem, ValueError('x' * 10_000)
        problem.__cause__ = cause
    raise RuntimeError('x' * 20_000_000) from problem
