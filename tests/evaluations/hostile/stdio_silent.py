# expect: wrong_answer; kind: stdio
input()
