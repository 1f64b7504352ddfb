# expect: wrong_answer; family: forging; kind: stdio
input()
