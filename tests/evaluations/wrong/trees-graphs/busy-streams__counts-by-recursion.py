# expect: runtime_error; family: recursion
# One call for each stream on the way: a long chain is deeper than the stack.
def busy_streams(back, least):
    feeders = [[] for _ in back]
    for stream, distance in enumerate(back):
        if distance:
            feeders[stream - distance].append(stream)
    counts = [0] * len(back)

    def count(stream):
        counts[stream] = sum(1 + count(other) for other in feeders[stream])
        return counts[stream]

    for stream, distance in enumerate(back):
        if distance == 0:
            count(stream)
    return sum(number >= least for number in counts)
