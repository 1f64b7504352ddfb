"""Simulated learners on simulated paths: which planner teaches more (docs/learning.md)."""
