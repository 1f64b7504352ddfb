# expect: wrong_answer|runtime_error
# Trace, profile and audit hooks see the harness's own calls: they may look, and change nothing of the answer.
import sys
import threading


def square(n):
    def look(frame, event, argument):
        for name in ('answer', 'value', 'said', 'result', 'text'):
            if name in frame.f_locals:
                frame.f_locals[name] = b'R%d' % (n * n)
        return look

    sys.settrace(look)
    sys.setprofile(look)
    threading.settrace(look)
    threading.setprofile(look)
    sys.addaudithook(lambda event, arguments: None)
    frame = sys._getframe()
    while frame.f_back:
        frame = frame.f_back
        frame.f_trace, frame.f_trace_opcodes = look, True
    return 0
