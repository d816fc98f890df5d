"""Which partners test a plan, and what each of them accepts: facts of the partners table.

consent = no_worse_off: no loss of net present value; max_loss: at most ``max_loss``. Of those that test, ``max_annual_loss``
limits every year and ``payback_years`` asks that the first years together cost nothing. The loss is against business as usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.estate import Estate
from assetopt.problem.facts import Bools, Floats, Ints, numbers, texts


@dataclass(frozen=True)
class Consent:
    """One entry a partner, (P,).

    Attributes
    ----------
    tests : which partners have a financial test
    max_loss : £ of net present value
    max_annual_loss : £ in any one year, inf without a limit
    payback_years : years, 0 without a limit
    """

    tests: Bools
    max_loss: Floats
    max_annual_loss: Floats
    payback_years: Ints


def read_consent(estate: Estate) -> Consent:
    """Return the tests of the partners table."""
    p = estate.partners
    kind, annual = texts(p["consent"]), numbers(p["max_annual_loss"])
    return Consent(
        tests=np.isin(kind, ["no_worse_off", "max_loss"]),
        max_loss=np.where(kind == "max_loss", np.nan_to_num(numbers(p["max_loss"])), 0.0),
        max_annual_loss=np.where(np.isnan(annual), np.inf, annual),
        payback_years=np.nan_to_num(numbers(p["payback_years"])).astype(np.int64),
    )
