# expect: output_limit; family: output; kind: stdio; tests: 1
while True:
    print('x' * 1000)
