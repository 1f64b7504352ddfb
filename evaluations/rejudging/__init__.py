"""Rejudging: submissions judged on the side by another version of the tests, then applied or discarded.

`selection` begins one, `judging` judges its items, `applying` records what changed or drops it, `views` answers
questions about it. See docs/evaluation.md and docs/adr/0010-rejudging.md.
"""
