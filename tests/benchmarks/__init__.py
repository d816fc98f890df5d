"""Measures assetopt beside other solvers on the same problems: ``python -m tests.benchmarks --set NAME --budget SECONDS``.

As in all tests, modules import each other plainly, with the folder ``tests`` on the path: ``benchmarks.registry``.
"""
