# expect: wrong_answer
import sys


def tracer(frame, event, argument):
    for name in list(frame.f_locals):
        if name in ('expected', 'verdict', 'passed'):
            frame.f_locals[name] = True
    return tracer


def square(n):
    sys.settrace(tracer)
    frame = sys._getframe()
    while frame:
        frame.f_trace = tracer
        frame = frame.f_back
    return 0
