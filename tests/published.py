"""Published location problems, read from the shared benchmark folder and laid out as assetopt tables.

The folder is ``$ASSETOPT_SHARED/benchmarks`` (``../shared`` beside the project when that is not set); its README gives
the formats, which differ from set to set, and their traps.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

SETS = ("orlib_cap", "holmberg", "yang", "delmaire", "tbed1", "koerkel_ghosh", "pmed", "coursera")


@dataclass(frozen=True, eq=False)
class Instance:
    """One location problem: m facilities, n customers, to be served at the least cost.

    Attributes
    ----------
    name : str
        Set and file, such as ``holmberg/p1``.
    fixed : ndarray of float64, shape (m,)
        Cost of keeping a facility.
    capacity : ndarray, shape (m,)
        In the unit of demand; n (it never binds) where the problem has no capacities.
    demand : ndarray, shape (n,)
        1 each where the problem has no capacities.
    cost : ndarray, shape (m, n)
        Cost of serving ALL of a customer from a facility, whatever the file holds.
    p : int or None
        How many facilities (PMED), or None.
    divisible : bool
        Whether a customer may be split between facilities.
    """

    name: str
    fixed: Floats
    capacity: Floats
    demand: Floats
    cost: Floats
    p: int | None
    divisible: bool


# --- where the files are ---------------------------------------------------------------------------------------------


def folder() -> Path:
    """Return the benchmark folder, which may not be there."""
    shared = os.environ.get("ASSETOPT_SHARED", "")
    root = Path(__file__).resolve().parents[1]
    return (Path(shared) if shared else root.parent / "shared") / "benchmarks"


def available() -> bool:
    """Say whether the published instances are on this machine."""
    return (folder() / "best_known.csv").is_file()


WHY_SKIPPED = "the published instances are not here: set ASSETOPT_SHARED to the folder that holds benchmarks/"


def instances(set_: str) -> list[str]:
    """Return the names of a set's instances in natural order (p2 before p10)."""
    names = {path.name.removesuffix(".gz").removesuffix(".txt") for path in (folder() / set_).iterdir()}
    return sorted(names, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


def _best_known() -> pd.DataFrame:
    return pd.read_csv(folder() / "best_known.csv", index_col=["set", "instance", "problem"])


def problems(set_: str, name: str) -> list[str]:
    """Return the problems that an instance is published for; the first is the one `read` takes."""
    if set_ == "koerkel_ghosh":  # no published value, so no row
        return ["UFLP"]
    rows = _best_known().reset_index()
    return rows.loc[(rows["set"] == set_) & (rows["instance"] == name), "problem"].tolist()


def best_known(set_: str, name: str, problem: str) -> float:
    """Return the value published for an instance and problem (UFLP, CFLP, SSCFLP, PMED).

    coursera values are upper thresholds, not optima. Raises KeyError where nothing is published.
    """
    return float(_best_known()["value"].to_dict()[set_, name, problem])


# --- reading ---------------------------------------------------------------------------------------------------------


def read(set_: str, name: str, problem: str | None = None) -> Instance:
    """Return a published instance as one of the problems it is published for.

    Parameters
    ----------
    set_ : str
        Folder, one of `SETS`.
    name : str
        File without suffix.
    problem : str, optional
        UFLP, CFLP, SSCFLP or PMED; the first of `problems` when left out.
    """
    offered = problems(set_, name)
    chosen = problem if problem is not None else offered[0]
    if chosen not in offered:
        raise ValueError(f"{set_}/{name} is published for {', '.join(offered)}, not for {chosen}")
    p, fixed, capacity, demand, cost = _READERS[set_](_bytes(set_, name))
    if chosen in ("UFLP", "PMED"):
        demand = np.ones(len(demand))
        capacity = np.full(len(fixed), float(len(demand)))
    return Instance(f"{set_}/{name}", fixed, capacity, demand, cost, p, divisible=chosen in ("UFLP", "CFLP"))


Parts = tuple[int | None, Floats, Floats, Floats, Floats]


def _bytes(set_: str, name: str) -> bytes:
    """Return the file without the NUL bytes that pad some of them."""
    for suffix in ("", ".txt", ".gz"):
        path = folder() / set_ / f"{name}{suffix}"
        if path.is_file():
            data = path.read_bytes()
            return (gzip.decompress(data) if suffix == ".gz" else data).replace(b"\0", b"")
    raise FileNotFoundError(f"no instance {name} in {folder() / set_}")


def _numbers(data: bytes) -> Floats:
    return np.array(data.split(), dtype=np.float64)


def _expect(numbers: Floats, count: int) -> None:
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} numbers, where the format has {count}")


def _capacity_first(extra: int) -> Callable[[bytes], Parts]:
    """Return a reader of: m n, m pairs (capacity, fixed), n demands, m rows of n total costs, `extra` more numbers."""

    def reader(data: bytes) -> Parts:
        numbers = _numbers(data)
        m, n = numbers[:2].astype(int)
        _expect(numbers, 2 + 2 * m + n + m * n + extra)
        capacity, fixed = numbers[2 : 2 + 2 * m].reshape(m, 2).T
        demand = numbers[2 + 2 * m :][:n]
        cost = numbers[2 + 2 * m + n :][: m * n].reshape(m, n)
        return None, fixed.copy(), capacity.copy(), demand, cost

    return reader


def _delmaire(data: bytes) -> Parts:
    """Read: n m (customers first), n rows of m total costs, n demands, m fixed costs, m capacities."""
    numbers = _numbers(data)
    n, m = numbers[:2].astype(int)
    _expect(numbers, 2 + n * m + n + 2 * m)
    cost = numbers[2 : 2 + n * m].reshape(n, m).T.copy()
    demand, fixed, capacity = np.split(numbers[2 + n * m :], [n, n + m])
    return None, fixed, capacity, demand, cost


def _tbed1(data: bytes) -> Parts:
    """Read: m n, n demands, m capacities, m fixed costs, m rows of n costs per unit of demand."""
    numbers = _numbers(data)
    m, n = numbers[:2].astype(int)
    _expect(numbers, 2 + n + 2 * m + m * n)
    demand, capacity, fixed, unit = np.split(numbers[2:], [n, n + m, n + 2 * m])
    return None, fixed, capacity, demand, unit.reshape(m, n) * demand


def _koerkel_ghosh(data: bytes) -> Parts:
    """Read: a title, m n 0, and m rows of facility number, fixed cost, n total costs."""
    numbers = _numbers(data.split(b"\n", 1)[1])
    m, n = numbers[:2].astype(int)
    _expect(numbers, 3 + m * (n + 2))
    rows = numbers[3:].reshape(m, n + 2)
    if not np.array_equal(rows[:, 0], np.arange(1, m + 1)):
        raise ValueError("the facilities are not numbered 1, 2, 3 ...")
    return None, rows[:, 1].copy(), np.full(m, float(n)), np.ones(n), rows[:, 2:].copy()


def _pmed(data: bytes) -> Parts:
    """Read: nodes edges p, and edges i j length, of which the last one for a pair counts; costs are shortest paths."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import shortest_path

    numbers = _numbers(data)
    nodes, edges, p = numbers[:3].astype(int)
    _expect(numbers, 3 + 3 * edges)
    triples = numbers[3:].reshape(edges, 3)
    ends = np.sort(triples[:, :2].astype(int) - 1, axis=1)  # undirected: i j and j i are one pair
    lengths = pd.Series(triples[:, 2]).groupby([ends[:, 0], ends[:, 1]]).last()
    i, j = (lengths.index.get_level_values(level).to_numpy() for level in (0, 1))
    graph = csr_array((lengths.to_numpy(), (i, j)), shape=(nodes, nodes))
    cost = np.asarray(shortest_path(graph, directed=False), dtype=np.float64)
    return int(p), np.zeros(nodes), np.full(nodes, float(nodes)), np.ones(nodes), cost


def _coursera(data: bytes) -> Parts:
    """Read: m n, m rows of fixed cost, capacity, x, y, n rows of demand, x, y; the cost is the Euclidean distance."""
    numbers = _numbers(data)
    m, n = numbers[:2].astype(int)
    _expect(numbers, 2 + 4 * m + 3 * n)
    sites = numbers[2 : 2 + 4 * m].reshape(m, 4)
    customers = numbers[2 + 4 * m :].reshape(n, 3)
    apart = sites[:, None, 2:] - customers[None, :, 1:]
    cost = np.hypot(apart[..., 0], apart[..., 1])
    return None, sites[:, 0].copy(), sites[:, 1].copy(), customers[:, 0].copy(), cost


_READERS: dict[str, Callable[[bytes], Parts]] = {
    "orlib_cap": _capacity_first(extra=1),
    "holmberg": _capacity_first(extra=0),
    "yang": _capacity_first(extra=0),
    "delmaire": _delmaire,
    "tbed1": _tbed1,
    "koerkel_ghosh": _koerkel_ghosh,
    "pmed": _pmed,
    "coursera": _coursera,
}


# --- as assetopt tables ----------------------------------------------------------------------------------------------


def frames(instance: Instance) -> dict[str, pd.DataFrame]:
    """Return the data package of an instance: facilities are sites, customers are teams without a home.

    The objective is then fixed costs of sites kept plus assignment costs (with the settings of `scenario`).
    """
    m, n = instance.cost.shape
    site_ids = np.array([f"s{i:04d}" for i in range(1, m + 1)])
    team_ids = np.array([f"t{j:04d}" for j in range(1, n + 1)])
    steps = np.arange(m)
    return {
        "partners": pd.DataFrame({"partner_id": ["owner"], "name": ["Owner"], "sector": ["council"]}),
        "sites": pd.DataFrame(
            {
                "site_id": site_ids,
                "partner_id": "owner",
                "name": [f"Facility {i}" for i in range(1, m + 1)],
                # no instance has coordinates on Earth: a grid 25 wide, about a kilometre apart
                "lat": 51.3 + 0.01 * (steps // 25),
                "lon": 0.5 + 0.015 * (steps % 25),
                "status": "existing",
                "running_cost": instance.fixed,
            }
        ),
        "spaces": pd.DataFrame({"site_id": site_ids, "space_type": "space", "capacity": instance.capacity}),
        "teams": pd.DataFrame(
            {
                "team_id": team_ids,
                "partner_id": "owner",
                "name": [f"Customer {j}" for j in range(1, n + 1)],
                "service_type": "customer",
                "site_id": "",
                "movable": True,
                "closable": False,
                "divisible": instance.divisible,
            }
        ),
        "needs": pd.DataFrame({"team_id": team_ids, "space_type": "space", "amount": instance.demand}),
        "placements": pd.DataFrame(
            {
                "team_id": np.tile(team_ids, m),
                "site_id": np.repeat(site_ids, n),
                "annual_cost": instance.cost.ravel(),
            }
        ),
    }


def scenario(instance: Instance) -> dict[str, object]:
    """Return the scenario under which assetopt's objective is exactly the textbook one."""
    settings: dict[str, object] = {
        "name": instance.name,
        "appraisal": {
            "decision_years": 1,
            "appraisal_years": 1,
            "discount": 0,
            "residual_value": False,
            "optimism_bias": False,
        },
        "boundaries": {"estate": "pooled"},
        "defaults": {"use": "none"},
    }
    if instance.p is not None:  # at most p costs the same as exactly p
        settings["limits"] = {"max_sites": instance.p}
    return settings
