"""Every fact that the data left empty and an assumed value filled, so that a reader sees how much of an answer rests on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assetopt.scenario import Assumed

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Assumption:
    """One default that was used: where, for how many rows, with which value, unit and source."""

    table: str
    column: str
    rows: int
    parameter: str
    value: float
    unit: str
    source: str
    confidence: str = "C"
    note: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the assumption as a JSON object."""
        return dict(self.__dict__)


class AssumptionLog:
    """Fills gaps from the scenario's ``[defaults]`` and writes down each use."""

    def __init__(self, assumed: Assumed) -> None:
        self.assumed = assumed
        self.entries: list[Assumption] = []

    def fill(
        self,
        table: str,
        column: str,
        values: Floats,
        parameter: str,
        where: npt.NDArray[np.bool_] | None = None,
        per: Floats | None = None,
    ) -> Floats:
        """Return ``values`` with NaN replaced: by the parameter (times ``per``) where ``where``, by 0 elsewhere.

        Parameters
        ----------
        values : (n,) array with NaN where the data package is silent.
        where : (n,) mask of the rows to which the parameter applies at all; default all.
        per : (n,) multiplier such as floor area; NaN there counts as 0, since nothing can be assumed.
        """
        missing = np.isnan(values)
        applies = missing if where is None else missing & where
        amount = self.assumed.value(parameter)
        filled = np.where(missing, 0.0, values)
        scale = np.ones(len(values)) if per is None else np.nan_to_num(per)
        filled = np.where(applies, amount * scale, filled)
        if applies.any():
            self.record(table, column, int(applies.sum()), parameter, amount)
        return filled

    def record(self, table: str, column: str, rows: int, parameter: str, value: float, note: str = "") -> None:
        """Write down one use of a parameter."""
        field = type(self.assumed).model_fields.get(parameter)
        extra = field.json_schema_extra if field is not None else None
        facts = extra if isinstance(extra, dict) else {}
        self.entries.append(
            Assumption(
                table,
                column,
                rows,
                parameter,
                value,
                str(facts.get("unit", "")),
                str(facts.get("source", "")),
                "C",
                note,
            )
        )
