"""A plan drawn with matplotlib, for notebooks and slides: its map, its cash and its access (needs the ``plot`` extra)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assetopt.account.bridge import ALL
from assetopt.account.budget import KINDS
from assetopt.errors import DataError, Issue
from assetopt.report.layers import action_label, plan_layers
from assetopt.report.tables import report_tables

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from assetopt.result import Result

_SITES = {
    "keep": ("o", "#6c757d", 14), "not_opened": ("v", "#b4b4b4", 16), "exit_lease": ("D", "#d9730d", 34),
    "dispose": ("X", "#b2182b", 48),
    "open": ("*", "#1b7837", 90),
}  # fmt: skip
"""Shape, colour and size by action: never colour alone."""
_KINDS = {"capital": ("#1f4e79", ""), "receipts": ("#2e8b57", "//"), "revenue": ("#b8860b", "..")}


def _new(ax: Axes | None, size: tuple[float, float]) -> Axes:
    try:
        from matplotlib import pyplot
    except ImportError as fault:
        raise DataError(
            [
                Issue(
                    "plot",
                    f"needs matplotlib ({fault})",
                    "pip install 'assetopt[plot]', or open plan.geojson and plan.xlsx",
                )
            ]
        ) from fault
    if ax is not None:
        return ax
    made: Axes = pyplot.subplots(figsize=size, layout="constrained")[1]
    return made


def plain(text: str) -> str:
    """Return text in which matplotlib sees no formula."""
    return text.replace("$", r"\$")


def plot_map(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the sites by what becomes of them, moves as lines, and zones that get further or nearer.

    Parameters
    ----------
    ax : matplotlib Axes, optional
        Where to draw; a new figure if not given.

    Raises
    ------
    DataError
        Where matplotlib is not installed.
    ValueError
        Where there is no plan.
    """
    status = str(result.totals["plan_status"])
    axes = _new(ax, (8.0, 7.0))
    sites, moves, zones = plan_layers(result.problem.estate, report_tables(result, weighed=False), status)
    if len(zones.frame):
        further = (zones.frame["most_further"].fillna(0) >= -zones.frame["most_nearer"].fillna(0)).to_numpy()
        further = further | (zones.frame["services_lost"] > 0).to_numpy()
        for chosen, shape, colour, word in (
            (further, "^", "#ef8a62", "zone, further"),
            (~further, "s", "#67a9cf", "zone, nearer"),
        ):
            at = zones.positions[chosen, 0]
            axes.scatter(
                at[:, 0], at[:, 1], s=9, marker=shape, c=colour, linewidths=0, label=f"{word} ({len(at)})", zorder=1
            )
    if len(moves.frame):
        gap = np.full((len(moves.positions), 1, 2), np.nan)
        line = np.concatenate([moves.positions, gap], axis=1).reshape(-1, 2)
        axes.plot(
            line[:, 0],
            line[:, 1],
            color="#444444",
            linewidth=0.6,
            alpha=0.7,
            label=f"moves ({len(moves.frame)})",
            zorder=2,
        )
    action = sites.frame["action"].to_numpy()
    for name, (shape, colour, size) in _SITES.items():
        at = sites.positions[action == name, 0]
        if len(at):
            label = plain(f"{action_label(name, status)} ({len(at)})")
            axes.scatter(
                at[:, 0],
                at[:, 1],
                s=size,
                marker=shape,
                c=colour,
                edgecolors="#222222",
                linewidths=0.4,
                label=label,
                zorder=3,
            )
    every = sites.positions.reshape(-1, 2)
    if len(every):
        axes.set_aspect(1.0 / np.cos(np.radians(float(every[:, 1].mean()))))
    axes.set_xlabel("Longitude")
    axes.set_ylabel("Latitude")
    axes.set_title(plain(result.problem.scenario.name or "Plan"))
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(0.0, -0.1), ncols=2, frameon=False)
    return axes


def plot_cash(result: Result, ax: Axes | None = None) -> Axes:
    """Draw what all partners pay by year beyond today (or in all, where today is no plan): capital, receipts, revenue.

    £m in base-year prices; parameters and errors as for `plot_map`.
    """
    budget = result.budget[result.budget["partner_id"] == ALL]
    axes = _new(ax, (8.0, 4.5))
    compared = bool(budget["change_real"].notna().any())
    table = budget.pivot(index="year", columns="kind", values="change_real" if compared else "real") / 1e6
    years = table.index.to_numpy(dtype=int)
    above, below = np.zeros(len(years)), np.zeros(len(years))
    for kind in KINDS:
        amount = table[kind].fillna(0.0).to_numpy()
        colour, hatch = _KINDS[kind]
        foot = np.where(amount >= 0, above, below)
        axes.bar(years, amount, bottom=foot, color=colour, hatch=hatch, edgecolor="white", linewidth=0.3, label=kind)
        above += np.maximum(amount, 0.0)
        below += np.minimum(amount, 0.0)
    total = table[list(KINDS)].sum(axis=1).cumsum()
    axes.plot(years, total, color="black", marker="o", markersize=3, linewidth=1, label="together, to date")
    axes.axhline(0.0, color="black", linewidth=0.6)
    axes.set_ylabel("£m, base-year prices; above 0 is money out")
    axes.set_xlabel("Financial year (first year)")
    name = plain(result.problem.scenario.name or "Plan")
    axes.set_title(f"{name}: cash of all partners" + (" against today" if compared else ""))
    axes.legend(fontsize="small")
    return axes


def plot_access(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the share of people served by every standard and group, today and after, beside the share asked.

    Parameters and errors as for `plot_map`; a ValueError too where no standard has a share.
    """
    table = result.access
    table = table[table["share"].notna()] if len(table) else table
    if not len(table):
        raise ValueError("no access standard has a share of people served: there is nothing to draw")
    axes = _new(ax, (8.0, 1.6 + 0.42 * len(table)))
    at = np.arange(len(table))
    axes.barh(
        at - 0.2, table["share_today"] * 100, height=0.36, color="#b0b0b0", hatch="//", edgecolor="white", label="today"
    )
    axes.barh(at + 0.2, table["share"] * 100, height=0.36, color="#1f4e79", label="after")
    asked = table["share_required"].to_numpy(dtype=float) * 100
    axes.scatter(asked, at, marker="|", s=220, color="black", linewidths=2, label="asked", zorder=3)
    axes.set_yticks(
        at,
        [
            plain(f"{name}, {measure}, {group}")
            for name, measure, group in zip(table["standard_id"], table["measure"], table["group"], strict=True)
        ],
    )
    axes.invert_yaxis()
    axes.set_xlim(0, 105)
    axes.set_xlabel("People served, %")
    axes.set_title(plain(f"{result.problem.scenario.name or 'Plan'}: access"))
    axes.legend(
        fontsize="small",
        loc="upper center",
        bbox_to_anchor=(0.5, -0.6 / (1.6 + 0.42 * len(table))),
        ncols=3,
        frameon=False,
    )
    return axes
