# expect: accepted
# Modules, caches, hooks and paths of the interpreter: what one test changes, the next one must not find changed.
import builtins
import importlib
import linecache
import os
import sys

PLACES = (sys, os, builtins, importlib, linecache)


def square(n):
    seen = [module.__name__ for module in PLACES if hasattr(module, 'carried')]
    seen += ['meta path'] if any(type(finder) is str for finder in sys.meta_path) else []
    seen += ['line cache'] if 'carried' in linecache.cache else []
    for module in PLACES:
        module.carried = True
    linecache.cache['carried'] = ()
    sys.meta_path.append('carried')
    sys.path[:] = []
    answer = seen or n * n
    builtins.__import__ = builtins.open = builtins.len = None
    sys.modules.clear()
    return answer
