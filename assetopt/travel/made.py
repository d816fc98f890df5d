"""What a provider hands over for one mode: the minutes, where they come from, and how far places are from the network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from assetopt.travel.table import ModeRows

__all__ = ["Basis", "Made", "Modes", "Provider", "Snapping", "named_far"]

Basis = Literal["table", "estimated", "road", "router"]
"""Where minutes come from: somebody's table, a straight line, a road network, or a routing service."""

FloatArray = npt.NDArray[np.float64]

_NAMED = 10  # places that a sentence names


@dataclass(frozen=True, eq=False)
class Snapping:
    """Kilometres in a straight line from each zone and site to the node of the network that stands for it."""

    zones: FloatArray
    sites: FloatArray

    @property
    def all(self) -> FloatArray:
        """Zones first, then sites."""
        return np.concatenate([self.zones, self.sites])


@dataclass(frozen=True, eq=False)
class Made:
    """Minutes by one mode.

    Attributes
    ----------
    rows : ModeRows
        Only pairs that can be reached.
    about : str
        A sentence for reports: what the minutes are and what to know about them.
    notes : tuple of str
        What is odd: places off the network.
    snapping : Snapping or None
        Where the minutes are on a network.
    """

    rows: ModeRows
    about: str
    notes: tuple[str, ...] = ()
    snapping: Snapping | None = None


class Provider(Protocol):
    """Something that computes minutes by mode."""

    @property
    def basis(self) -> Basis:
        """What the minutes are called."""

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes it computes."""

    def make(self, mode: str) -> Made:
        """Compute one mode."""


@dataclass(eq=False)
class Modes(Mapping[str, ModeRows]):
    """Rows by mode: given ones, and those of a provider, computed when they are first asked for.

    Attributes
    ----------
    given : dict of str to Made
        From the travel table.
    bases : dict of str to Basis
        Of every mode.
    provider : Provider or None
    """

    given: dict[str, Made]
    bases: dict[str, Basis]
    provider: Provider | None = None
    computed: dict[str, Made] = field(default_factory=dict)

    def made(self, mode: str) -> Made:
        """Return one mode; KeyError where there is none."""
        if mode in self.given:
            return self.given[mode]
        if mode not in self.computed:
            if self.provider is None or mode not in self.provider.modes:
                raise KeyError(mode)
            self.computed[mode] = self.provider.make(mode)
        return self.computed[mode]

    def __getitem__(self, mode: str) -> ModeRows:
        return self.made(mode).rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.bases)

    def __len__(self) -> int:
        return len(self.bases)

    def __contains__(self, mode: object) -> bool:
        return mode in self.bases


def named_far(ids: tuple[str, ...], km: FloatArray, beyond: float, most: float) -> tuple[str, ...]:
    """Return sentences that name the places further from the network than ``beyond`` and than ``most`` km."""
    said = []
    for low, high, what in (
        (most, np.inf, f"further than {most:g} km from the network; they count as out of reach"),
        (beyond, most, f"further than {beyond:g} km from the network"),
    ):
        far = np.flatnonzero((km > low) & (km <= high))
        if len(far):
            far = far[np.argsort(-km[far], kind="stable")]
            names = ", ".join(f"{ids[k]} ({km[k]:.1f} km)" for k in far[:_NAMED])
            more = f" and {len(far) - _NAMED} more" if len(far) > _NAMED else ""
            said.append(f"{len(far)} place{'s are' if len(far) > 1 else ' is'} {what}: {names}{more}")
    return tuple(said)
