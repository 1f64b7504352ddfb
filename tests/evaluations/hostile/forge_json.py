# expect: wrong_answer; family: tampering
import builtins
import json


def square(n):
    json.dumps = lambda *a, **k: '0'
    json.loads = lambda *a, **k: 0
    json.JSONEncoder.encode = lambda *a, **k: 'true'
    builtins.len = lambda *a: 0
    builtins.isinstance = lambda *a: True
    return 0
