MODULUS = 1_000_000_007


def factorials(limit: int) -> tuple[list[int], list[int]]:
    """n! and its inverse modulo the prime, for n from 0 to limit."""
    products = [1] * (limit + 1)
    for n in range(1, limit + 1):
        products[n] = products[n - 1] * n % MODULUS
    inverses = [1] * (limit + 1)
    inverses[limit] = pow(products[limit], MODULUS - 2, MODULUS)
    for n in range(limit, 0, -1):
        inverses[n - 1] = inverses[n] * n % MODULUS
    return products, inverses


def scenic_walks(width: int, height: int, scenic: list[list[int]]) -> int:
    products, inverses = factorials(width + height)

    def walks(right: int, up: int) -> int:
        if right < 0 or up < 0:
            return 0
        return products[right + up] * inverses[right] * inverses[up] % MODULUS

    views = sorted(scenic)
    first: list[int] = []  # walks that meet this view before any other
    total = 0
    for x, y in views:
        before = sum(count * walks(x - vx, y - vy) for count, (vx, vy) in zip(first, views))
        first.append((walks(x, y) - before) % MODULUS)
        total += first[-1] * walks(width - x, height - y)
    return total % MODULUS
