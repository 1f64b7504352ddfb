# expect: wrong_answer
def square(n):
    print('accepted')
    print('S' 'R' + str(n * n))
    print('{"verdict": "accepted"}')
    return None
