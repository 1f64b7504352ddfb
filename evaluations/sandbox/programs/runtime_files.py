"""Run by the interpreter that is to be sandboxed: prints which files it needs.

The shared objects that it needs are those it has mapped once all of its extension modules are loaded.
"""

import contextlib
import importlib
import json
import os
import sys

_EXTENSIONS = (
    "_ssl _hashlib _ctypes _bz2 _lzma _sqlite3 _uuid _elementtree _decimal _socket _asyncio _zoneinfo "
    "zlib pyexpat math unicodedata fcntl mmap"
)


def report() -> dict[str, object]:
    """Version, library directory, module path, mapped files, and pages of address space."""
    for name in _EXTENSIONS.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    with open("/proc/self/maps") as maps, open("/proc/self/statm") as statm:
        return {
            "version": sys.version_info[:3],
            "library": os.path.dirname(os.__file__),
            "path": sys.path,
            "maps": sorted({line.split(None, 5)[5].strip() for line in maps if "/" in line}),
            "pages": int(statm.read().split()[0]),
        }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(report()))
