# expect: accepted
import bisect
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import heapq
import itertools
import json
import random
import re
import sqlite3
import statistics
import string
import typing
import zoneinfo


@dataclasses.dataclass(order=True)
class Item:
    value: int


def square(n):
    hashlib.sha256(b'x').hexdigest()
    sqlite3.connect(':memory:').execute('select 1')
    return max(Item(n), Item(0)).value * n
