# expect: runtime_error
import os
import pickle


class Bomb:
    def __reduce__(self):
        return os.system, ('touch /tmp/owned',)


def square(n):
    os.write(3, b'R' + pickle.dumps(Bomb()))
    os._exit(0)
