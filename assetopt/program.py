"""The columnar mixed-integer linear programme: blocks of labelled columns and rows; it knows no estate and no solver.

Rules and costs append whole blocks as arrays; an engine asks for the whole :class:`Matrix`, or for its ``core``: the same
without the rows that only tighten the relaxation, which are then never written out. Every column and row carries labels
(what kind, and which team, site, year, ... as index numbers, -1 where it has none), so that an engine can recognise
structure without knowing a rule.

    minimise    offset + cost . x
    subject to  row_lower <= A x <= row_upper,   lower <= x <= upper,   x_j integer where form_j is INTEGER
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

CONTINUOUS, IMPLIED, INTEGER = 0, 1, 2
"""Forms of a column: free to be fractional; integral in some optimum whenever the INTEGER columns are; must be integral."""


@dataclass(frozen=True)
class Matrix:
    """The programme in one piece. Shapes: n columns, m rows; money in pounds of the objective's year."""

    cost: Floats
    offset: float
    lower: Floats
    upper: Floats
    form: npt.NDArray[np.int8]
    a: sparse.csr_matrix
    row_lower: Floats
    row_upper: Floats
    redundant: Bools
    """Rows that every integral point satisfies anyway; they only tighten the relaxation, so an engine may leave them out."""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return int(self.a.shape[0]), int(self.a.shape[1])

    def without(self, rows: Bools) -> Matrix:
        """Return the same programme without the rows that are marked True."""
        keep = ~rows
        return Matrix(
            self.cost,
            self.offset,
            self.lower,
            self.upper,
            self.form,
            self.a[keep],
            self.row_lower[keep],
            self.row_upper[keep],
            self.redundant[keep],
        )

    def objective(self, values: Floats) -> float:
        """Return the objective at ``values`` (n,), offset included."""
        return float(self.offset + self.cost @ values)

    def excess(self, values: Floats) -> float:
        """Return the largest violation of a row or bound at ``values``, relative to max(1, |right-hand side|)."""
        activity = self.a @ values
        low = (self.row_lower - activity) / np.maximum(
            1.0, np.abs(np.where(np.isfinite(self.row_lower), self.row_lower, 0.0))
        )
        high = (activity - self.row_upper) / np.maximum(
            1.0, np.abs(np.where(np.isfinite(self.row_upper), self.row_upper, 0.0))
        )
        bounds = np.maximum(self.lower - values, values - self.upper)
        return float(max(0.0, *(part.max(initial=0.0) for part in (low, high, bounds))))


@dataclass(frozen=True)
class ColumnBlock:
    """A run of columns of one kind: ``first`` .. ``first + size - 1``."""

    kind: str
    first: int
    size: int
    lower: Floats
    upper: Floats
    form: int
    labels: Mapping[str, Ints]

    @property
    def ids(self) -> Ints:
        """The column numbers of the block, in order."""
        return np.arange(self.first, self.first + self.size, dtype=np.int64)


@dataclass(frozen=True)
class RowBlock:
    """A run of rows that one rule wrote: ``first`` .. ``first + size - 1``."""

    rule: str
    first: int
    size: int
    lower: Floats
    upper: Floats
    redundant: bool
    labels: Mapping[str, Ints]
    defines: bool = False
    """The rows say what a derived column is, and can always be kept: no rule is broken by them."""
    subjects: tuple[str, ...] = ()
    """(size,) what each row speaks of, as the checker names it; empty where team or site says it."""


class Program:
    """A programme under construction. Appending is all that can be done to it; nothing is ever changed."""

    def __init__(self) -> None:
        self.columns: dict[str, ColumnBlock] = {}
        self.rows: list[RowBlock] = []
        self.terms: dict[str, list[tuple[npt.NDArray[np.int32], Floats]]] = {}
        self.constants: dict[str, float] = {}
        self._n = 0
        self._m = 0
        self._blocks: list[sparse.csr_matrix] = []

    @property
    def n_columns(self) -> int:
        return self._n

    @property
    def n_rows(self) -> int:
        return self._m

    def add_columns(
        self,
        kind: str,
        size: int,
        *,
        form: int = INTEGER,
        lower: float | Floats = 0.0,
        upper: float | Floats = 1.0,
        team: npt.ArrayLike | None = None,
        site: npt.ArrayLike | None = None,
        year: npt.ArrayLike | None = None,
        item: npt.ArrayLike | None = None,
    ) -> Ints:
        """Append ``size`` columns of a new ``kind`` and return their numbers, shape (size,).

        ``team``, ``site``, ``year`` and ``item`` are index arrays of shape (size,). Raises ValueError on a
        second block of one kind.
        """
        if kind in self.columns:
            raise ValueError(f"columns of kind {kind!r} exist already")
        block = ColumnBlock(
            kind,
            self._n,
            size,
            _full(lower, size),
            _full(upper, size),
            form,
            _labels(size, team=team, site=site, year=year, item=item),
        )
        self.columns[kind] = block
        self._n += size
        return block.ids

    def add_rows(
        self,
        rule: str,
        size: int,
        *,
        entries: list[tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]],
        lower: float | Floats = -np.inf,
        upper: float | Floats = np.inf,
        redundant: bool = False,
        defines: bool = False,
        subjects: Sequence[str] = (),
        team: npt.ArrayLike | None = None,
        site: npt.ArrayLike | None = None,
        year: npt.ArrayLike | None = None,
        item: npt.ArrayLike | None = None,
    ) -> None:
        """Append ``size`` rows written by ``rule``.

        ``entries`` is a list of (row, column, value): row counts from 0 within this block, value broadcasts; entries on
        the same place are added up. ``redundant`` says that every integral point satisfies the rows anyway,
        ``defines`` that they only say what a derived column is; ``subjects`` (size,) names what each speaks of. Raises
        ValueError for a row or column that is not there.
        """
        if size == 0:
            return
        self.rows.append(
            RowBlock(
                rule,
                self._m,
                size,
                _full(lower, size),
                _full(upper, size),
                redundant,
                _labels(size, team=team, site=site, year=year, item=item),
                defines,
                tuple(subjects),
            )
        )
        self._blocks.append(_block(entries, size, self._n))
        self._m += size

    def charge(self, term: str, column: npt.ArrayLike, amount: npt.ArrayLike) -> None:
        """Add ``amount`` (£) per unit of each ``column`` to the cost ``term``; repeated columns add up."""
        c, v = np.broadcast_arrays(np.asarray(column), np.asarray(amount, dtype=np.float64))
        counts = v != 0
        self.terms.setdefault(term, []).append((c[counts].astype(np.int32), v[counts]))

    def charge_constant(self, term: str, amount: float) -> None:
        """Add a constant ``amount`` (£) to the cost ``term``."""
        self.constants[term] = self.constants.get(term, 0.0) + float(amount)

    def cost_of(self, term: str) -> Floats:
        """Return the cost vector of one term, shape (n,)."""
        cost = np.zeros(self._n)
        for column, amount in self.terms.get(term, ()):
            np.add.at(cost, column, amount)
        return cost

    def term_values(self, values: Floats) -> dict[str, float]:
        """Return every term's amount in £ at ``values`` (n,)."""
        names = sorted(set(self.terms) | set(self.constants))
        return {name: self.constants.get(name, 0.0) + float(self.cost_of(name) @ values) for name in names}

    def column_label(self, name: str) -> Ints:
        """Return one label of all columns, shape (n,), -1 where a column has none."""
        out = np.full(self._n, -1, dtype=np.int64)
        for block in self.columns.values():
            if name in block.labels:
                out[block.first : block.first + block.size] = block.labels[name]
        return out

    @cached_property
    def matrix(self) -> Matrix:
        """The whole programme; built once, after the last block was added."""
        return self._stacked(np.ones(len(self.rows), dtype=bool))

    @cached_property
    def core(self) -> Matrix:
        """The programme without its redundant rows, the same as ``matrix.without(matrix.redundant)``; built once.

        The redundant rows stay as they were appended, so a large programme whose ``matrix`` nobody asks for stays small.
        """
        keep = np.array([not block.redundant for block in self.rows], dtype=bool)
        return self.matrix if keep.all() else self._stacked(keep)

    @cached_property
    def core_rule(self) -> Words:
        """The rule that wrote each row of ``core``, shape (rows of core,)."""
        kept = [block for block in self.rows if not block.redundant]
        names = np.array([block.rule for block in kept], dtype=object)
        return np.repeat(names, np.array([block.size for block in kept], dtype=np.int64))

    @property
    def redundant_rows(self) -> Bools:
        """Which rows of ``matrix`` are left out of ``core``, shape (m,)."""
        return np.repeat(
            np.array([block.redundant for block in self.rows], dtype=bool),
            np.array([block.size for block in self.rows], dtype=np.int64),
        )

    def copied(self) -> Program:
        """Return a programme with the same blocks, to which more can be added without touching this one."""
        out = Program()
        out.columns, out.rows, out._blocks = dict(self.columns), list(self.rows), list(self._blocks)
        out.terms = {name: list(parts) for name, parts in self.terms.items()}
        out.constants, out._n, out._m = dict(self.constants), self._n, self._m
        return out

    def _stacked(self, keep: Bools) -> Matrix:
        """Return the programme with the row blocks that are marked True, (number of blocks,)."""
        chosen = np.flatnonzero(keep).tolist()
        rows = [self.rows[k] for k in chosen]
        blocks = [self._blocks[k] for k in chosen]
        data = _join([block.data for block in blocks])
        indices = np.concatenate([block.indices for block in blocks] or [np.empty(0, dtype=np.int32)])
        ends = np.cumsum([0, *(block.nnz for block in blocks)])
        starts = [block.indptr[:-1] + first for block, first in zip(blocks, ends[:-1], strict=True)]
        pointer = np.concatenate([*starts, ends[-1:]])
        a: sparse.csr_matrix = sparse.csr_matrix(
            (data, indices, pointer.astype(sparse.get_index_dtype(maxval=len(data)))),
            shape=(len(pointer) - 1, self._n),
        )
        a.has_canonical_format = True
        for k, first, last in zip(chosen, ends[:-1], ends[1:], strict=True):
            # From now on a block looks into the whole, so that nothing is held twice.
            block = self._blocks[k]
            self._blocks[k] = _canonical(a.data[first:last], a.indices[first:last], block.indptr, block.shape)
        cost, lower, upper, form = self._columns_joined
        return Matrix(
            cost=cost,
            offset=float(sum(self.constants.values())),
            lower=lower,
            upper=upper,
            form=form,
            a=a,
            row_lower=_join([r.lower for r in rows]),
            row_upper=_join([r.upper for r in rows]),
            redundant=np.repeat(
                np.array([r.redundant for r in rows], dtype=bool), np.array([r.size for r in rows], dtype=np.int64)
            ),
        )

    @cached_property
    def _columns_joined(self) -> tuple[Floats, Floats, Floats, npt.NDArray[np.int8]]:
        """(cost, lower, upper, form), each (n,); ``matrix`` and ``core`` share them."""
        cost = np.zeros(self._n)
        for name in self.terms:
            cost += self.cost_of(name)
        blocks = self.columns.values()
        form = np.repeat(
            np.array([b.form for b in blocks], dtype=np.int8), np.array([b.size for b in blocks], dtype=np.int64)
        )
        return cost, _join([b.lower for b in blocks]), _join([b.upper for b in blocks]), form


def _block(
    entries: list[tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]], rows: int, columns: int
) -> sparse.csr_matrix:
    """Return the entries of one block as sorted rows, those on the same place added up."""
    parts = [np.broadcast_arrays(np.asarray(r), np.asarray(c), np.asarray(v)) for r, c, v in entries]
    row, column = (
        np.concatenate([part[k].ravel().astype(np.int32) for part in parts] or [np.empty(0, dtype=np.int32)])
        for k in (0, 1)
    )
    value = _join([part[2].ravel().astype(np.float64) for part in parts])
    a: sparse.csr_matrix = sparse.csr_matrix((value, (row, column)), shape=(rows, columns))
    a.sum_duplicates()
    a.eliminate_zeros()
    return a


def _canonical(
    data: Floats, indices: npt.NDArray[np.int32], pointer: npt.NDArray[np.int32], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """Return rows over arrays that are sorted and without doubles already."""
    a: sparse.csr_matrix = sparse.csr_matrix((data, indices, pointer), shape=shape)
    a.has_canonical_format = True
    return a


def _full(value: float | Floats, size: int) -> Floats:
    """Return the value (size,) times; one number is stored once, an array is copied."""
    given = np.asarray(value, dtype=np.float64)
    return np.broadcast_to(given, (size,)) if given.ndim == 0 else np.broadcast_to(given, (size,)).copy()


def _labels(size: int, **labels: npt.ArrayLike | None) -> dict[str, Ints]:
    return {
        name: np.broadcast_to(np.asarray(value, dtype=np.int64), (size,)).copy()
        for name, value in labels.items()
        if value is not None
    }


def _join(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.empty(0)
