def fewest_weights(low: int, high: int) -> int:
    grams = high
    while grams and grams & (grams - 1) >= low:
        grams &= grams - 1  # clears the lowest set bit
    return grams.bit_count()
