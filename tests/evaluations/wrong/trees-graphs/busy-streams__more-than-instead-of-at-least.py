# expect: wrong_answer; family: off-by-one
# Just enough feeders are not enough.
def busy_streams(back: list[int], least: int) -> int:
    fed_by = [0] * len(back)
    for stream in range(len(back) - 1, -1, -1):
        if back[stream] != 0:
            fed_by[stream - back[stream]] += fed_by[stream] + 1
    return sum(count > least for count in fed_by)
