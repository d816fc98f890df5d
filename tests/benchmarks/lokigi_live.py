"""lokigi's own decision summary on the instance of tests/measures/test_measures_lokigi.py, to lay beside our tables.

lokigi (0.9.1, with geopandas) is no dependency of ours: run this with the Python of an environment that has it,

    python3 -m venv lv && lv/bin/pip install lokigi==0.9.1 && lv/bin/python tests/benchmarks/lokigi_live.py
"""

from __future__ import annotations

import numpy as np
import pandas as pd

NB, NZ = 12, 40
CLOSED = ("B02", "B09")


def great_circle_km(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return km as geopy's great_circle does, radius 6371.009."""
    (lat, lon), (lat2, lon2) = np.radians(a.T[:, :, None]), np.radians(b.T[:, None, :])
    h = np.sin((lat2 - lat) / 2) ** 2 + np.cos(lat) * np.cos(lat2) * np.sin((lon2 - lon) / 2) ** 2
    return np.asarray(2 * 6371.009 * np.arcsin(np.sqrt(h)))


def main() -> None:
    """Close B02 and B09 and print what lokigi says of it."""
    from lokigi.site import SiteProblem
    from lokigi.site_solutions import SolutionComparator

    r = np.random.default_rng(7)
    blat, blon = 52.5 + r.uniform(-0.15, 0.15, NB), -1.9 + r.uniform(-0.25, 0.25, NB)
    r.choice(["council", "nhs", "police"], NB)
    capacity, cost = r.integers(900, 2400, NB), r.integers(80, 400, NB) * 1000
    r.integers(200, 2500, NB)
    zlat, zlon = 52.5 + r.uniform(-0.18, 0.18, NZ), -1.9 + r.uniform(-0.3, 0.3, NZ)
    people, imd = r.integers(40, 300, NZ), r.integers(1, 11, NZ)
    km = great_circle_km(np.column_stack([zlat, zlon]), np.column_stack([blat, blon]))
    minutes = np.round(km * 1.3 / 30 * 60 + 2, 1)
    names = [f"B{j:02d}" for j in range(NB)]
    zones = pd.DataFrame({"zone": [f"Z{i:02d}" for i in range(NZ)], "demand": people, "imd": imd})
    matrix = pd.concat([zones[["zone"]], pd.DataFrame(minutes, columns=names)], axis=1)

    def problem(required: list[str]) -> SiteProblem:
        sites = pd.DataFrame(
            {"site": names, "lat": blat, "long": blon, "capacity": capacity, "running_cost": cost,
             "required": [int(name in required) for name in names]}
        )  # fmt: skip
        asked = SiteProblem(preferred_crs="EPSG:27700", debug_mode=False)
        asked.add_demand(zones[["zone", "demand"]], demand_col="demand", location_id_col="zone")
        asked.add_sites(
            sites, candidate_id_col="site", required_sites_col="required", capacity_col="capacity",
            cost_col="running_cost", crs="EPSG:4326",
        )  # fmt: skip
        asked.add_travel_matrix(matrix, source_col="zone", unit="minutes")
        asked.add_equity_data(zones[["zone", "imd"]], equity_col="imd", common_col="zone", label="IMD decile")
        return asked

    kept = [name for name in names if name not in CLOSED]
    after = problem(kept).solve(
        p=len(kept), objectives="p_median", search_strategy="brute-force", brute_force_keep_best_n=1,
        threshold_for_coverage=20, show_progress=False,
    )  # fmt: skip
    before = problem(names).evaluate_baseline()
    print(SolutionComparator(before, after).decision_summary(meaningful_change_threshold=1.0))


if __name__ == "__main__":
    main()
