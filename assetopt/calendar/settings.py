"""What a calendar assumes and a user may change: crews, hand-over, how far a plan's year reaches, and the legal clocks."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Settings:
    """Assumptions of a calendar; each stands in ``calendar.json``.

    Attributes
    ----------
    moves_per_month, fte_per_month : optional
        Teams and staff that crews can move in a month. Default for teams: a twelfth of ``max_moves_per_year``, rounded up;
        without that cap a twelfth of the plan's moves of its busiest year, at least 2.
    works_at_once : int, optional
        Sites in works in one month; default ``max_sites_in_works_per_year``.
    handover_months : int
        Months between the last team's move and the handback: stripping out, records, keys.
    run_up_months, slip_months : int
        A change of plan year t is meant to stand on 1 April t. It may happen in so many months before, and be so many late.
    late_cost : int
        £ for every month that a move or works is late, beside what lateness itself costs.
    least_open_days : int
        A month in which blackouts leave fewer days is closed.
    decants : bool
        Whether a team that serves no public may wait in a third building where moves stand in each other's way.
    approval_months, consultation_months, register_days, advertisement_months
        Time for approval; for consultation about a public service (12 weeks is usual), before the approval; working days on
        the public register of surplus property (40); and to advertise a disposal. Nothing moves before it can be approved,
        counted from ``as_at``, nor a public service before it can be consulted on, unless a lease ends first.
    """

    moves_per_month: int | None = None
    fte_per_month: float | None = None
    works_at_once: int | None = None
    handover_months: int = 1
    run_up_months: int = 12
    slip_months: int = 12
    late_cost: int = 100
    least_open_days: int = 14
    decants: bool = True
    approval_months: int = 2
    consultation_months: int = 3
    register_days: int = 40
    advertisement_months: int = 1

    def as_dict(self) -> dict[str, object]:
        """Return the settings as a JSON object."""
        return asdict(self)
