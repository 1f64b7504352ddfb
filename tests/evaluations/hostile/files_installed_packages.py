# expect: accepted
import importlib
import os
import sys


def square(n):
    seen = []
    for place in sys.path:
        for packages in ("site-packages", "dist-packages"):
            try:
                seen += os.listdir(f"{place}/{packages}")
            except OSError:
                pass
    for name in ("django", "requests", "pip", "evaluations"):
        try:
            seen.append(importlib.import_module(name).__name__)
        except ImportError:
            pass
    return seen or n * n
