"""What runs below the launcher: standard library only, imported by a fresh interpreter that knows nothing
of the project.

Nothing here imports dataclasses, typing or enum: each costs milliseconds at every submission.
"""
