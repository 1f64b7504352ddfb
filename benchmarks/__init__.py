"""Measures the hot paths beside a raw loop of the same work, in the same run, on an installation of its own."""
