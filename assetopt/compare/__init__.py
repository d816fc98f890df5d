"""Plans laid side by side: what differs in the question, in the answer, for people and for money; up to eight at once.

The first plan is the one the others are compared with; every difference is "that plan less the first".
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assetopt.compare.comparison import Comparison, compared
from assetopt.compare.side import Side, read_side
from assetopt.report.audience import EVERYTHING, Audience

__all__ = ["Comparison", "Side", "compare"]


def compare(
    plans: Sequence[str | Path],
    out: str | Path | None = None,
    *,
    audience: Audience = EVERYTHING,
    overwrite: bool = False,
) -> Comparison:
    """Lay report folders of one estate side by side.

    Parameters
    ----------
    plans : sequence of str or pathlib.Path
        Two to eight report folders; the others are compared with the first.
    out : str or pathlib.Path, optional
        A file to write: ``.html``, ``.xlsx`` or ``.json``.
    audience : Audience, optional
        For whom: each plan is first made into a report for it, for which the folders need their ``inputs/``.
    overwrite : bool
        Replace a file that stands there.

    Returns
    -------
    Comparison
        ``notes`` say what differs in data, scenario or version; ``frames`` hold the tables.

    Raises
    ------
    DataError
        Fewer than two plans or more than eight, a folder that is no report, plans of different estates, or a file of
        another kind.
    FileExistsError
        When the file exists and ``overwrite`` is not given.
    """
    from assetopt.compare.writing import refuse, write

    if out is not None:
        refuse(Path(out), overwrite=overwrite)
    comparison = compared([read_side(path, audience) for path in plans])
    if out is not None:
        write(comparison, Path(out))
    return comparison
