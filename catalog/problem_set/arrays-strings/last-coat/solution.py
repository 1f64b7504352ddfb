def count_colours(rows: int, columns: int, strokes: list[list[int]]) -> list[int]:
    counts = [0] * 10
    painted_rows: set[int] = set()
    painted_columns: set[int] = set()
    for direction, index, colour in reversed(strokes):
        if direction == 0 and index not in painted_rows:
            painted_rows.add(index)
            counts[colour] += columns - len(painted_columns)
        elif direction == 1 and index not in painted_columns:
            painted_columns.add(index)
            counts[colour] += rows - len(painted_rows)
    counts[0] = (rows - len(painted_rows)) * (columns - len(painted_columns))
    return counts
