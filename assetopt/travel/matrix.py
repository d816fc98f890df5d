"""How long it takes from every zone to every site, by each mode, computed when it is asked for.

England has 32,844 zones and some 13,863 sites: 3.6 GB for one mode. So nothing is computed before it is asked for, a
rule asks only for the sites it is about, and who is within a limit or nearest is found without the whole matrix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from assetopt.errors import Issue, ScenarioError, did_you_mean
from assetopt.travel.cache import MatrixCache, content_key
from assetopt.travel.geodesic import StraightLines, estimated_minutes, km_apart
from assetopt.travel.made import Basis, Made, Modes
from assetopt.travel.modes import members, split_modes
from assetopt.travel.params import COMPUTED, CROW, TravelParams
from assetopt.travel.reach import Measure, nearest_place, reached
from assetopt.travel.table import ModeRows, slower_of
from assetopt.travel.telling import about_estimate

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["Basis", "Travel", "split_modes"]

FloatArray = npt.NDArray[np.float64]
IndexArray = npt.NDArray[np.intp]

_REMEMBERED_PAIRS: Final = 4_000_000  # whole matrices up to this size (32 MB) stay in memory
_STORED_PAIRS: Final = range(1_000_000, 25_000_001)  # worth a file, and small enough for one


@dataclass(frozen=True, eq=False)
class Travel:
    """Minutes and kilometres between zones (rows) and sites (columns). Made by `assetopt.travel.build_travel`.

    Attributes
    ----------
    zone_ids, site_ids : tuple of str
        The order of rows and columns.
    lines : StraightLines
        Where the places are.
    table : Modes
        Modes with rows: of the travel table, or of a network or routing service (computed when first asked for).
    params : TravelParams
        The scenario's ``[travel]``.
    cache : MatrixCache or None
        Where large estimated matrices are kept between runs.
    windows : mapping of mode to str
        When people set out, where the travel table says so.
    """

    zone_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    lines: StraightLines
    table: Modes
    params: TravelParams
    cache: MatrixCache | None = None
    windows: Mapping[str, str] = field(default_factory=dict)
    _remembered: dict[str, FloatArray] = field(default_factory=dict, repr=False)
    _notes: dict[str, None] = field(default_factory=dict, repr=False)  # a set that keeps its order

    @property
    def basis(self) -> Mapping[str, Basis]:
        """Mode -> ``table``, ``estimated``, ``road`` or ``router``, for every mode that has minutes."""
        found: dict[str, Basis] = {}
        if self.params.provider in (None, "geodesic"):
            found.update(dict.fromkeys(self.params.estimated_modes, "estimated"))
        if self.params.provider != "geodesic":
            found.update(self.table.bases)
        return dict(sorted(found.items()))

    @property
    def modes(self) -> tuple[str, ...]:
        """Every mode that has minutes, in alphabetical order."""
        return tuple(self.basis)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences for the report about the modes that have been asked for so far."""
        return tuple(self._notes)

    def is_estimated(self, modes: str) -> bool:
        """Say whether any mode of a text such as ``car;transit`` is estimated; ``crow`` is a straight line, so it is.

        Raises
        ------
        ScenarioError
            A mode that has no minutes here.
        """
        asked = [mode for part in split_modes(modes) for mode in members(part)]
        bases = ["estimated" if mode == CROW else self._basis_or_refuse(mode) for mode in asked]
        return "estimated" in bases

    def word(self, modes: str) -> str:
        """Return ``"estimated "`` where minutes by a text such as ``car;transit`` are, to be put before ``minutes``."""
        return "estimated " if self.is_estimated(modes) else ""

    def basis_of(self, modes: str) -> str:
        """Return what to print beside minutes by a text such as ``car;transit``.

        ``estimated`` when any of its modes is (``crow`` always), else ``table``, ``road`` or ``router``, with the window
        of departure where the table names one: ``table (Thu 23 April 2026, 14:00)``.

        Raises
        ------
        ScenarioError
            A mode that has no minutes here.
        """
        if self.is_estimated(modes):
            return "estimated"
        said = []
        for mode in (mode for part in split_modes(modes) for mode in members(part)):
            window = self.windows.get(mode, "")
            said.append(f"{self.basis[mode]} ({window})" if window else str(self.basis[mode]))
        return ", ".join(dict.fromkeys(said))

    def about(self, modes: Iterable[str] | None = None) -> Mapping[str, str]:
        """Return a sentence about the minutes of each mode: basis, error band, network, window; all modes when left out.

        Minutes on a network or by a routing service are computed for it.
        """
        asked = self.modes if modes is None else modes
        return {mode: self._about(mode, self._basis_or_refuse(mode)) for mode in asked}

    def made(self, mode: str) -> Made | None:
        """Return the rows of one mode with all that is known of them; None where it is estimated here."""
        return self.table.made(mode) if self._has_rows(mode) else None

    def km(self, sites: npt.ArrayLike | None = None) -> FloatArray:
        """Return straight-line kilometres.

        Parameters
        ----------
        sites : array_like of int, optional
            Positions of the sites wanted, in the order wanted; all when left out.

        Returns
        -------
        ndarray of float64, shape (zones, sites wanted), read-only
        """
        return self._matrix("", None if sites is None else self._positions(sites))

    def minutes(self, mode: str, sites: npt.ArrayLike | None = None) -> FloatArray:
        """Return minutes by a mode, or by the better of several.

        Parameters
        ----------
        mode : str
            Such as ``car``, or ``car;transit`` for the lesser of the two, pair by pair, or ``car+transit`` for the
            greater: both must do.
        sites : array_like of int, optional
            Positions of the sites wanted, in the order wanted; all when left out.

        Returns
        -------
        ndarray of float64, shape (zones, sites wanted), read-only
            Infinite where a site cannot be reached.

        Raises
        ------
        ValueError
            The mode is ``crow``, which has kilometres only; or there is no mode in the text.
        ScenarioError
            No minutes are to be had by that mode: the message says which there are and what would do.
        """
        asked = self._modes_or_refuse(mode)
        chosen = None if sites is None else self._positions(sites)
        best = self._matrix(asked[0], chosen)
        for other in asked[1:]:
            best = np.minimum(best, self._matrix(other, chosen))
        best.flags.writeable = False
        return best

    def within(self, mode: str, limit: float | FloatArray, sites: npt.ArrayLike) -> sparse.csr_matrix:
        """Return which sites each zone reaches within its limit, by the best of several modes.

        The same as ``minutes(mode, sites) <= limit`` where that is finite, but with memory for what is reached only.

        Parameters
        ----------
        mode : str
            As for `minutes`.
        limit : float, or ndarray of float64, shape (zones,)
            Minutes; -inf where nothing is to be reached.
        sites : array_like of int
            Positions of the sites wanted.

        Returns
        -------
        csr_matrix of bool, shape (zones, sites wanted), rows sorted
        """
        asked = self._modes_or_refuse(mode)
        chosen = self._positions(sites)
        limits = np.broadcast_to(np.asarray(limit, dtype=np.float64), len(self.zone_ids))
        return _either([_both([self._within(one, limits, chosen) for one in members(part)]) for part in asked])

    def within_km(self, limit: float | FloatArray, sites: npt.ArrayLike, circuity: float = 1.0) -> sparse.csr_matrix:
        """Return which sites each zone reaches within a limit, or its own (zones,), of straight-line km x ``circuity``."""
        limits = np.broadcast_to(np.asarray(limit, dtype=np.float64), len(self.zone_ids))
        return self._reached("", limits, self._positions(sites), circuity)

    def nearest(self, mode: str, sites: npt.ArrayLike) -> tuple[FloatArray, IndexArray]:
        """Return the minutes to each zone's nearest of some sites, and which of them that is.

        Parameters
        ----------
        mode : str
            As for `minutes`.
        sites : array_like of int
            Positions of the sites wanted.

        Returns
        -------
        minutes : ndarray of float64, shape (zones,)
            Infinite where none can be reached.
        place : ndarray of int, shape (zones,)
            Position in ``sites``, 0 where none can be reached.
        """
        asked = self._modes_or_refuse(mode)
        chosen = self._positions(sites)
        best, place = self._nearest(asked[0], chosen)
        for other in asked[1:]:
            minutes, where = self._nearest(other, chosen)
            better = minutes < best
            best, place = np.where(better, minutes, best), np.where(better, where, place)
        return best, place

    def nearest_km(self, sites: npt.ArrayLike) -> tuple[FloatArray, IndexArray]:
        """Return straight-line kilometres to each zone's nearest of some sites, and its position among them."""
        return self._nearest("", self._positions(sites))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _modes_or_refuse(self, mode: str) -> tuple[str, ...]:
        asked = split_modes(mode)
        for one in asked:
            for member in members(one):
                self._basis_or_refuse(member)
        return asked

    def _has_rows(self, mode: str) -> bool:
        return self.params.provider != "geodesic" and mode in self.table

    def _within(self, mode: str, limit: FloatArray, sites: IndexArray) -> sparse.csr_matrix:
        if self._has_rows(mode):
            self._note_gaps(mode)
            return self.table[mode].within(limit, sites)
        return self._reached(mode, limit, sites, 1.0)

    def _rows(self, alternative: str) -> ModeRows | None:
        """Return the rows of ``car+transit``: pairs that each mode reaches, with the greater minutes; None if none has rows."""
        parts = [self.table[mode] for mode in members(alternative) if self._has_rows(mode)]
        if not parts:
            return None
        joined = reduce(slower_of, parts)
        for mode in members(alternative):
            if self._has_rows(mode):
                self._note_gaps(mode)
                continue
            zone, site = self.lines.zones[joined.zones], self.lines.sites[joined.sites]
            self._note_estimate(mode)
            way = estimated_minutes(km_apart(zone[:, 0], zone[:, 1], site[:, 0], site[:, 1]), mode, self.params)
            joined = ModeRows(joined.shape, joined.zones, joined.sites, np.maximum(joined.values, way))
        return joined

    def _reached(self, mode: str, limit: FloatArray, sites: IndexArray, factor: float) -> sparse.csr_matrix:
        """Return what is reached along straight lines, in minutes, or kilometres where the mode is empty."""
        from scipy import sparse

        if self._few(sites):
            return sparse.csr_matrix(self._matrix(mode, sites) * factor <= limit[:, None])
        if mode:
            self._note_estimate(mode)
        return reached(self.lines.zones, self.lines.sites[sites], self._measure(mode, factor), limit)

    def _nearest(self, mode: str, sites: IndexArray) -> tuple[FloatArray, IndexArray]:
        """Return the nearest by one alternative, or in kilometres where the mode is empty."""
        if not len(sites):
            return np.full(len(self.zone_ids), np.inf), np.zeros(len(self.zone_ids), dtype=np.intp)
        if mode and "+" not in mode and self._has_rows(mode):
            self._note_gaps(mode)
            return self.table[mode].nearest(sites)
        if self._few(sites):
            metric = self._matrix(mode, sites)
            place = metric.argmin(axis=1)
            return metric[np.arange(len(metric)), place], place
        if (rows := self._rows(mode)) is not None:
            return rows.nearest(sites)
        for one in members(mode):
            self._note_estimate(one)
        km, place = nearest_place(self.lines.zones, self.lines.sites[sites])
        return self._measure(mode, 1.0)(km), place

    def _few(self, sites: IndexArray) -> bool:
        """Say whether measuring every way costs next to nothing."""
        return len(self.zone_ids) * len(sites) <= _REMEMBERED_PAIRS

    def _measure(self, mode: str, factor: float) -> Measure:
        if mode:
            return lambda km: np.asarray(
                reduce(np.maximum, [estimated_minutes(km, one, self.params) for one in members(mode)])
            )
        return lambda km: km * factor

    def _positions(self, sites: npt.ArrayLike) -> IndexArray:
        given = np.asarray(sites)
        if given.dtype.kind not in "iu" and given.size:
            raise TypeError(f"sites are positions (whole numbers), not {given.dtype}")
        if given.ndim != 1 or (given.size and not 0 <= given.min() <= given.max() < len(self.site_ids)):
            raise IndexError(f"sites are positions 0 to {len(self.site_ids) - 1} in one list")
        return given.astype(np.intp)

    def _matrix(self, mode: str, sites: IndexArray | None) -> FloatArray:
        """Return one mode's minutes, or kilometres where the mode is empty; remembered where that is cheap."""
        if mode in self._remembered:
            whole = self._remembered[mode]
            chosen = whole if sites is None else whole[:, sites]
        elif sites is None and len(self.zone_ids) * len(self.site_ids) <= _REMEMBERED_PAIRS:
            chosen = self._remembered[mode] = self._compute(mode, None)
        else:
            chosen = self._compute(mode, sites)
        chosen.flags.writeable = False
        return chosen

    def _compute(self, mode: str, sites: IndexArray | None) -> FloatArray:
        if not mode:
            return self.lines.km(sites)
        if "+" in mode:
            return np.asarray(reduce(np.maximum, [self._matrix(one, sites) for one in members(mode)]))
        if self._has_rows(mode):
            self._note_gaps(mode)
            return self.table[mode].minutes(sites)
        self._note_estimate(mode)
        shape = (len(self.zone_ids), len(self.site_ids) if sites is None else len(sites))
        if self.cache is None or shape[0] * shape[1] not in _STORED_PAIRS:
            return self._estimate(mode, sites)
        places = self.lines.sites if sites is None else self.lines.sites[sites]
        settings = self.params.model_dump_json(include={"curves", "circuity", "speeds"})
        key = content_key(self.lines.zones, places, settings, mode)
        return self.cache.get(key, shape, lambda: self._estimate(mode, sites), self._note)

    def _estimate(self, mode: str, sites: IndexArray | None) -> FloatArray:
        return estimated_minutes(self.lines.km(sites), mode, self.params)

    def _note(self, text: str) -> None:
        self._notes[text] = None

    def _note_estimate(self, mode: str) -> None:
        self._note(f"minutes by {mode} are estimated from straight lines{self._why_estimated()}")

    def _about(self, mode: str, basis: Basis) -> str:
        if self._has_rows(mode):
            return self.table.made(mode).about
        return about_estimate(mode, self.params)

    def _note_gaps(self, mode: str) -> None:
        for note in self.table.made(mode).notes:
            self._note(note)
        for note in getattr(self.table.provider, "told", ()):
            self._note(note)
        whose = "in the travel table" if mode in self.table.given else "on the network"
        zones, sites = self.table[mode].silent()
        for count, kind in ((zones, "zone"), (sites, "site")):
            if count:
                have = f"{kind} has" if count == 1 else f"{kind}s have"
                self._note(f"{count} {have} no row by {mode} {whose} and count as out of reach")

    def _why_estimated(self) -> str:
        if self.params.provider == "geodesic" or not self.table:
            return ""
        return f"; the travel table has only {', '.join(self.table)}"

    def _basis_or_refuse(self, mode: str) -> Basis:
        basis = self.basis.get(mode)
        if basis is not None:
            return basis
        if mode == CROW:
            raise ValueError("crow is a straight line: it has kilometres (max_km) and no minutes")
        offered = ", ".join(self.modes) or "none"
        in_table = ", ".join(self.table) or "no modes"
        provider = self.params.provider
        if provider == "geodesic" and mode in self.table:
            what = 'provider = "geodesic" leaves the travel table aside, and straight lines say nothing about it'
            fix = 'take provider = "geodesic" out: the table has it'
        elif provider in COMPUTED:
            given = ", ".join(self.table.given) or "no modes"
            what = f'provider = "{provider}" computes {", ".join(self.params.modes)}, and the travel table has {given}'
            fix = f"add it to modes, or import a matrix: rows zone_id, site_id, mode, minutes for {mode} in the travel table"
        elif provider == "table":
            what = f"the travel table has {in_table}"
            fix = f"import a matrix with {mode}"
            if mode in self.params.estimated_modes:
                fix += ', or take provider = "table" out to have it estimated from straight lines'
        else:
            what = f"the travel table has {in_table}, and straight lines give {', '.join(self.params.estimated_modes)}"
            fix = f"import a matrix: rows zone_id, site_id, mode, minutes for {mode} in the travel table"
        near = did_you_mean(mode, self.modes)
        issue = Issue(
            "[travel]",
            f'no minutes by mode "{mode}" (minutes by: {offered}): {what}',
            f"{near} Or {fix}" if near else fix,
        )
        raise ScenarioError([issue])


def _both(parts: list[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Return what is reached in each of several ways."""
    return reduce(lambda one, other: one.multiply(other).tocsr(), parts)


def _either(parts: list[sparse.csr_matrix]) -> sparse.csr_matrix:
    """Return what is reached in any of several ways."""
    return reduce(add, parts)
