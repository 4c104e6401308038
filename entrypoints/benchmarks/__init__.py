"""Benchmarks: accuracy against the rules that others use, speed against a database join."""
