"""Several modes in one text: ``car;transit`` is the better of the two, ``car+transit`` asks that both will do.

    minutes of "a;b" = min(minutes of a, minutes of b)      minutes of "a+b" = max(minutes of a, minutes of b)

``+`` binds closer than ``;``. With ``+`` a zone is served only where each of the modes is within the threshold.
"""

from __future__ import annotations

from assetopt.travel.params import CROW

__all__ = ["members", "split_modes"]


def split_modes(modes: str) -> tuple[str, ...]:
    """Return the alternatives in a text such as ``car;transit`` or ``walk;car+transit``; each may hold ``+``.

    Raises
    ------
    ValueError
        No mode in it, or ``crow``, which has no minutes, among modes that must all do.
    """
    parts = tuple("+".join(members(part)) for part in modes.split(";") if part.strip())
    if not parts or not all(parts):
        raise ValueError(f'no mode of travel in "{modes}"')
    for part in parts:
        if "+" in part and CROW in members(part):
            raise ValueError(f'"{part}": crow is a straight line and has no minutes; take it out')
    return parts


def members(alternative: str) -> tuple[str, ...]:
    """Return the single modes of ``car+transit``, each once."""
    return tuple(dict.fromkeys(part.strip() for part in alternative.split("+") if part.strip()))
