# expect: output_limit; kind: stdio; tests: 1
while True:
    print('x' * 1000)
