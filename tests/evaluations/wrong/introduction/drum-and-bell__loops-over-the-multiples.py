# expect: time_limit; family: slow
# It walks through all beats.
def lone_sounds(beats, drum, bell):
    n = 0
    for k in range(drum, beats + 1, drum):
        n += k % bell != 0
    for k in range(bell, beats + 1, bell):
        n += k % drum != 0
    return n
