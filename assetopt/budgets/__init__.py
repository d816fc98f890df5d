"""What partners need year by year and which funds may pay for it: said in columns for the solver, counted for the checker.

:mod:`.needs` and :mod:`.pots` write rows from flows; :mod:`.paying` hands money out for one plan from its ledger. They
share the facts of :mod:`assetopt.problem.funds` and nothing else.
"""
