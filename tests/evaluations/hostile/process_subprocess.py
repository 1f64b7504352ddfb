# expect: runtime_error
import subprocess
import sys


def square(n):
    return subprocess.run([sys.executable, '-c', 'print(9)'], capture_output=True).stdout
