"""Side payments: the same sum every year that turns what each partner saves under the plan into what a rule gives it.

    payment[p] = (given by the rule[p] - saved by itself[p]) / sum over years of the discount factor

Received is positive, and every year they net to zero, to the penny. What is priced for the public beside the estate's money
(journeys, penalties, preferences) is part of the saving that is shared, but nobody can pay it out: all bear it alike.
"""

from __future__ import annotations

import numpy as np

from assetopt.studies.games import Floats


def level_payments(given: Floats, own: Floats, annuity: float) -> Floats:
    """Return (n,) £ a year received (paid: negative), whole pence that net to zero.

    Parameters
    ----------
    given : (n,) what a rule gives each, £ present value.
    own : (n,) what each saves under the plan before any payment, £ present value.
    annuity : present value of £1 in each year in which it is paid.
    """
    owed = given - own
    owed = owed - owed.mean()  # what nobody can pay out, borne alike
    pence = np.rint(owed / annuity * 100.0)
    odd = int(pence.sum())
    for at in np.argsort(-np.abs(pence), kind="stable")[: abs(odd)]:
        pence[at] -= np.sign(odd)
    return np.asarray(pence / 100.0 + 0.0, dtype=np.float64)
