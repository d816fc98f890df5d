"""A result: the plan, how good it is, what the verifier says of it, and all of it as plain pandas frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from assetopt.account import (
    Books,
    bridge_table,
    budget_table,
    cash_table,
    funds_of,
    payment_table,
    terms_table,
    totals,
    transfer_table,
)
from assetopt.certificate import Certificate
from assetopt.consents import consent_warnings
from assetopt.errors import Issue
from assetopt.explanations import site_reasons
from assetopt.measures import (
    View,
    access_table,
    cumulative_table,
    equity_table,
    groups_table,
    overflow_warnings,
    points_table,
    rooms_table,
    views_of,
    worst_table,
    zones_table,
)
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.proof import Proof
from assetopt.proof.fingerprint import Fingerprint
from assetopt.resting import resting_on
from assetopt.timeline import Timeline
from assetopt.verify import Recount, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from assetopt.report import Audience


@dataclass(frozen=True)
class Result:
    """What :func:`assetopt.optimise` returns.

    Attributes
    ----------
    problem : Problem
    certificate : Certificate
    recount : Recount or None
        The judged plan; None where there is no plan (then ``certificate.reasons`` says why, as far as it is known).
    proof : Proof or None
        Prices of the best bound that can be recounted without a solver.
    programme : Fingerprint or None
        Size and sha256 of the programme that was solved; None where none was formulated.
    """

    problem: Problem
    certificate: Certificate
    recount: Recount | None
    proof: Proof | None = None
    programme: Fingerprint | None = None

    @property
    def plan(self) -> Plan | None:
        """The plan, or None."""
        return None if self.recount is None else self.recount.plan

    @property
    def verdict(self) -> Verdict | None:
        """The independent verdict, or None where there is no plan."""
        return None if self.recount is None else self.recount.verdict

    @property
    def _judged(self) -> tuple[Timeline, Books]:
        if self.recount is None or self.recount.line is None or self.recount.books is None:
            raise ValueError(f"there is no plan: {self.certificate.sentence}")
        return self.recount.line, self.recount.books

    @cached_property
    def warnings(self) -> tuple[Issue, ...]:
        """What a reader should know: of the data, of data and scenario together, and the consents that the plan needs."""
        line = None if self.recount is None else self.recount.line
        if line is None:
            return (*self.problem.estate.warnings, *self.problem.notes)
        full = overflow_warnings(self.service_points) if len(self.problem.estate.point_capacity) else ()
        return (*self.problem.estate.warnings, *self.problem.notes, *consent_warnings(self.problem, line), *full)

    @cached_property
    def totals(self) -> dict[str, float | int | str | None]:
        """The contract's totals, £."""
        line, books = self._judged
        return totals(self.problem, line, books)

    @cached_property
    def sites(self) -> pd.DataFrame:
        """One row a site: ``site_id, partner_id, name, action, year, reason, tenure, npv_change, receipt, exit_year``,
        ``gia_m2, running_cost_today, running_cost``.

        ``npv_change`` is what the plan changes in the site's own ledger lines, £ discounted (negative saves);
        ``running_cost`` is £ a year after the last decision year, what follows use included.
        """
        line, books = self._judged
        return site_reasons(self.problem, line, books, self.recount.plan)  # type: ignore[union-attr]

    @cached_property
    def teams(self) -> pd.DataFrame:
        """One row a team (and site): ``team_id, action, site_id, year, share, partner_id, name, service_type, home``."""
        self._judged  # noqa: B018 - refuses where there is no plan
        assert self.plan is not None
        facts = self.problem.estate.teams.set_index("team_id")
        extra = facts.loc[self.plan.teams["team_id"], ["partner_id", "name", "service_type", "site_id"]]
        extra = extra.rename(columns={"site_id": "home"}).reset_index(drop=True)
        return pd.concat([self.plan.teams, extra], axis=1)

    @cached_property
    def interventions(self) -> pd.DataFrame:
        """One row an intervention: ``intervention_id, site_id, action, year, capital`` (£, optimism bias included)."""
        self._judged  # noqa: B018
        assert self.plan is not None
        table = self.plan.interventions
        cost = pd.Series(self.problem.works_cost, index=self.problem.facts.interventions.ids)
        built = table["action"] == "build"
        return table.assign(capital=cost.reindex(table["intervention_id"]).to_numpy() * built)

    @cached_property
    def access(self) -> pd.DataFrame:
        """Access by standard and group, today and after; columns in :mod:`assetopt.measures`."""
        return access_table(self.problem, self._judged[0])

    @cached_property
    def _views(self) -> tuple[View, ...]:
        return views_of(self.problem, self._judged[0])

    @cached_property
    def access_groups(self) -> pd.DataFrame:
        """Each service and mode, and each standard, by every group of people; see :mod:`assetopt.measures.groups`."""
        return groups_table(self.problem, self._views)

    @cached_property
    def access_zones(self) -> pd.DataFrame:
        """Every zone whose nearest point changes or that reaches none; see :mod:`assetopt.measures.zones`."""
        return zones_table(self.problem, self._views)

    @cached_property
    def access_losers(self) -> pd.DataFrame:
        """The twenty zones that lose most, by service and mode; see :mod:`assetopt.measures.zones`."""
        return worst_table(self.problem, self._views)

    @cached_property
    def access_winners(self) -> pd.DataFrame:
        """The twenty zones that gain most, by service and mode; see :mod:`assetopt.measures.zones`."""
        return worst_table(self.problem, self._views, winners=True)

    @cached_property
    def access_cumulative(self) -> pd.DataFrame:
        """Groups and zones that lose two or more services; see :mod:`assetopt.measures.cumulative`."""
        return cumulative_table(self.problem, self._views)

    @cached_property
    def access_equity(self) -> pd.DataFrame:
        """How evenly ways are spread, today and after; see :mod:`assetopt.measures.equity`."""
        return equity_table(self.problem, self._views)

    @cached_property
    def assignment(self) -> pd.DataFrame:
        """Who goes where, with ``assignment = "system"`` alone: ``service_type, zone_id, site_id, year, share``."""
        self._judged  # noqa: B018
        assert self.plan is not None
        return self.plan.assignment

    @cached_property
    def service_points(self) -> pd.DataFrame:
        """People and visits of every open point, and what it cannot take; see :mod:`assetopt.measures.points`."""
        return points_table(self.problem, self._views, self._judged[0])

    @cached_property
    def rooms(self) -> pd.DataFrame:
        """Room and use of every site by kind of space, today, after and in the fullest year; see :mod:`assetopt.measures.rooms`."""
        return rooms_table(self.problem, self._judged[0])

    @cached_property
    def cash(self) -> pd.DataFrame:
        """Cash by partner, year and head in both ledgers; columns in :func:`assetopt.account.cash_table`.

        ``fund`` names the funds that pay, ``;`` between; empty where no budget holds.
        """
        table = cash_table(self.problem, self._judged[1])
        return table.assign(fund=funds_of(table, self.payments))

    @cached_property
    def payments(self) -> pd.DataFrame:
        """Which fund pays what: ``year, fund_id, partner_id, kind, head, amount`` (£ real); empty without budgets."""
        return payment_table(self.problem, self._judged[0])

    @cached_property
    def transfers(self) -> pd.DataFrame:
        """Transfers between bodies: ``year, payer, payee, head, amount, amount_nominal, item`` (£)."""
        return transfer_table(self.problem, self._judged[1].plan)

    @cached_property
    def bridge(self) -> pd.DataFrame:
        """From ``npv_cost`` to the sum of cash, by partner and together; see :mod:`assetopt.account.bridge`."""
        return bridge_table(self.problem, self._judged[1])

    @cached_property
    def budget(self) -> pd.DataFrame:
        """Revenue, capital and receipts by partner and year beside today's; see :mod:`assetopt.account.budget`."""
        return budget_table(self.problem, self._judged[1])

    @cached_property
    def heads_of_terms(self) -> pd.DataFrame:
        """What every host and guest have to agree on; see :mod:`assetopt.account.terms`."""
        line, books = self._judged
        return terms_table(self.problem, line, books)

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """Every default that filled a missing fact, and how many pounds of the plan rest on it.

        ``cost_change`` and ``saving_change`` are what ``npv_cost`` and ``npv_saving`` change by (£) when the assumed value is
        ``value_tried`` and the plan stays as it is; see :mod:`assetopt.resting`.
        """
        entries = self.problem.assumption_table()
        if self.recount is None or self.recount.line is None or not len(entries):
            return entries
        rests = resting_on(self.problem, self.recount.line, entries["parameter"])
        told = [rests.get(name, (None, None, None)) for name in entries["parameter"]]
        return entries.assign(
            **{
                name: pd.Series([each[place] for each in told], dtype="float64")
                for place, name in enumerate(("value_tried", "cost_change", "saving_change"))
            }
        )

    def write(
        self, folder: str | Path, *, overwrite: bool = False, inputs: bool = True, audience: Audience | None = None
    ) -> Path:
        """Write the report folder (contract section 5), in full or for an audience; it appears whole or not at all.

        Raises
        ------
        FileExistsError
            When the folder exists and ``overwrite`` is not given.
        OSError
            When it cannot be written; nothing is left behind.
        """
        from assetopt.report import write_report

        return write_report(self, folder, overwrite=overwrite, inputs=inputs, audience=audience)

    def plot_map(self, ax: Axes | None = None) -> Axes:
        """Draw sites by what becomes of them, moves, and zones further or nearer; see :mod:`assetopt.report.plots`."""
        from assetopt.report import plot_map

        return plot_map(self, ax)

    def plot_cash(self, ax: Axes | None = None) -> Axes:
        """Draw cash by year beside today's; see :mod:`assetopt.report.plots`."""
        from assetopt.report import plot_cash

        return plot_cash(self, ax)

    def plot_access(self, ax: Axes | None = None) -> Axes:
        """Draw the share of people served by every standard; see :mod:`assetopt.report.plots`."""
        from assetopt.report import plot_access

        return plot_access(self, ax)

    def _repr_html_(self) -> str:
        """Return the plan in short, as a notebook shows it."""
        from assetopt.report import notebook_html

        return notebook_html(self)
