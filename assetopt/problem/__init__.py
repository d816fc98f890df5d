"""Estate, travel and scenario made ready for rules, costs and the verifier."""

from assetopt.problem.problem import Problem

__all__ = ["Problem"]
