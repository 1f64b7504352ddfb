# expect: runtime_error|wrong_answer|output_limit
# Answers made to hurt the reader: deep, long, wide, not Unicode, with equal keys.
import os

ANSWERS = {
    1: b'[' * 200_000,
    2: b'{"a":' * 40_000,
    3: b'[' + b'1e999,' * 30_000 + b'1' * 4_000 + b']',
    4: b'{' + b'"a":1,' * 40_000 + b'"a":' + b'9' * 200_000 + b'}',
}


def square(n):
    answer = b'R' + ANSWERS.get(n // 1000003, b'"\xff\xed\xa0\x80"')
    while answer:
        answer = answer[os.write(3, answer):]
    os._exit(0)
