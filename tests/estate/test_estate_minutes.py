"""Travel matrices that cannot be minutes, and matrices in the forms that routers write; all faults at once, in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assetopt.errors import DataError, Issue
from assetopt.estate import Estate

EAST = np.arange(8) * 4_000.0 + 480_000
ZONES = pd.DataFrame(
    {"zone_id": [f"z{i}" for i in range(8)], "easting": EAST, "northing": 300_000.0, "population": 100}
)
SITES = pd.DataFrame({"site_id": [f"s{i}" for i in range(5)], "easting": EAST[:5], "northing": 303_000.0}).assign(
    partner_id="p", name="Office"
)
KM = np.hypot(np.subtract.outer(EAST, EAST[:5]), 3_000.0) / 1000


def long(minutes: np.ndarray, mode: str = "car") -> pd.DataFrame:
    zone, site = np.meshgrid(range(8), range(5), indexing="ij")
    return pd.DataFrame(
        {
            "zone_id": [f"z{k}" for k in zone.ravel()], "site_id": [f"s{k}" for k in site.ravel()], "mode": mode,
            "minutes": minutes.ravel(),
        }
    )  # fmt: skip


CAR = 4 + KM * 1.3 / 45 * 60
"""True enough: four minutes, and 45 km/h along the road."""


def estate(travel: pd.DataFrame) -> Estate:
    return Estate.from_frames(
        partners=pd.DataFrame({"partner_id": ["p"], "name": ["P"], "sector": ["council"]}),
        sites=SITES, demand=ZONES, travel=travel,
        spaces=pd.DataFrame({"site_id": ["s0"], "space_type": ["office"], "capacity": [10]}),
        teams=pd.DataFrame({"team_id": ["t"], "partner_id": ["p"], "name": ["T"], "service_type": ["desk"], "site_id": ["s0"]}),
        needs=pd.DataFrame({"team_id": ["t"], "space_type": ["office"], "amount": [5]}),
    )  # fmt: skip


def faults(travel: pd.DataFrame) -> tuple[Issue, ...]:
    with pytest.raises(DataError) as fault:
        estate(travel)
    return fault.value.issues


def warned(travel: pd.DataFrame) -> list[str]:
    return [f"{i.where}: {i.what}" for i in estate(travel).warnings if i.where.startswith("travel")]


def test_minutes_that_are_minutes_are_not_remarked_upon() -> None:
    assert warned(long(CAR)) == []
    assert warned(pd.concat([long(CAR), long(KM * 1.3 / 4.8 * 60, "walk"), long(10 + KM * 3, "transit")])) == []


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (long(CAR * 60), "by car the middle pair does 0.454 km/h"),
        (long(CAR * 60), "these look like seconds (27.3 km/h if they are)"),
        (long(CAR / 60), "these look like hours"),
        (long(KM * 1300), "these look like metres (each is some 1.3e+03 times the straight line in km)"),
        (
            long(KM * 1.3, "walk"),
            "by walk the middle pair does 46.2 km/h along the straight line: these look like kilometres",
        ),
        (long(KM * 20, "car"), "does 3 km/h along the straight line: minutes would give 8 to 110"),
    ],
)
def test_another_unit_is_told_once_and_not_row_by_row(table: pd.DataFrame, said: str) -> None:
    told = faults(table)
    assert len(told) == 1
    assert told[0].where == "travel, minutes"
    assert said in told[0].what


def test_kilometres_by_car_could_be_minutes_and_are_a_warning() -> None:
    assert "near and far alike: these may be kilometres" in warned(long(KM * 1.3))[0]


@pytest.mark.parametrize("sign", [9_999, 65_535, 2_147_483_647])
def test_signs_for_unreached_are_told_by_row(sign: float) -> None:
    minutes = CAR.copy()
    minutes[2, 3] = sign
    (told,) = faults(long(minutes))
    assert told.where == f"travel, row {2 * 5 + 3 + 2}, minutes"
    assert told.what == f"{sign} minutes looks like a sign for cannot be reached"


def test_every_fault_of_a_matrix_is_told_at_once() -> None:
    minutes = CAR.copy()
    minutes[0, 4], minutes[1, 1], minutes[2, 2], minutes[3, 3] = 0, -1, 65_535, 0.5
    table = long(minutes)
    twice = table.iloc[[7]]
    lost = table.iloc[[8, 9]].assign(zone_id=["zx", "z1"], site_id=["s1", "sx"])
    told = {f"{i.where}: {i.what}" for i in faults(pd.concat([table, twice, lost]))}
    assert "travel, row 6, minutes: 0 minutes for 16.3 km: routers write 0 for a pair that they cannot route" in told
    assert any(text.startswith("travel, row 8, minutes:") and "-1" in text for text in told)
    assert "travel, row 14, minutes: 65535 minutes looks like a sign for cannot be reached" in told
    assert any('"z1" + "s2" + "car" stands twice, first in row 9' in text for text in told)
    assert any('no zone "zx"' in text for text in told)
    assert any('no site "sx"' in text for text in told)


def test_zero_for_next_door_is_rounding() -> None:
    table = long(CAR)
    near = SITES.assign(northing=300_050.0)
    minutes = 4 + np.abs(np.subtract.outer(EAST, EAST[:5])) / 1000 * 1.5
    minutes[0, 0] = 0
    table = long(minutes)
    frames = {name: frame for name, frame in estate(long(CAR)).tables.items() if len(frame)}
    made = Estate.from_frames(**{**frames, "sites": near, "travel": table, "demand": ZONES})
    assert not [i for i in made.warnings if i.where.startswith("travel")]


def test_a_single_pair_that_is_too_fast_is_a_warning() -> None:
    minutes = CAR.copy()
    minutes[7, 0] = 2.0  # 28.2 km
    assert warned(long(minutes)) == ["travel, row 37, minutes: 2 minutes by car for 28.2 km is 845 km/h"]


def test_zones_and_sites_without_a_row_and_near_pairs_that_are_missing_are_told() -> None:
    table = long(CAR)
    near_pair = (table["zone_id"] == "z1") & (table["site_id"] == "s1")
    table = table[(table["zone_id"] != "z7") & (table["site_id"] != "s4") & ~near_pair]
    # s1 lies 3.0 km from z1, which is not nearer than 3 km: move it 100 m
    frames = {name: frame for name, frame in estate(long(CAR)).tables.items() if len(frame)}
    near = SITES.assign(northing=302_900.0)
    made = Estate.from_frames(**{**frames, "sites": near, "travel": table, "demand": ZONES})
    said = [i.what for i in made.warnings if i.where.startswith("travel")]
    assert said == [
        '1 of 8 zones have no row by car and count as out of reach: "z7"',
        '1 of 5 sites have no row by car and count as out of reach: "s4"',
        "1 pair nearer than 3 km has no row by car and counts as out of reach: z1 to s1",
    ]


def test_what_was_computed_here_is_not_doubted() -> None:
    assert warned(long(KM * 1.3).assign(x_basis="road")) == []


# --- forms -----------------------------------------------------------------------------------------------------------


def folder(path: Path) -> Path:
    estate(long(CAR)).write(path)
    (path / "travel.csv").unlink()
    return path


def read(path: Path) -> pd.DataFrame:
    from assetopt.read import read_estate

    return read_estate(path).travel.sort_values(["mode", "zone_id", "site_id"], ignore_index=True)


def test_parquet_of_a_router_with_its_own_names_and_a_window(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = {"zone_id": "from_id", "site_id": "to_id", "minutes": "travel_time"}
    table = pa.Table.from_pandas(long(CAR, "transit").rename(columns=names), preserve_index=False)
    table = table.replace_schema_metadata({"window": "Thu 23 April 2026, 14:00-15:00"})
    pq.write_table(table, folder(tmp_path) / "travel.parquet")
    found = read(tmp_path)
    assert found["minutes"].to_numpy() == pytest.approx(CAR.ravel())
    assert set(found["x_window"]) == {"Thu 23 April 2026, 14:00-15:00"}


def test_a_wide_parquet(tmp_path: Path) -> None:
    wide = pd.DataFrame(CAR, columns=SITES["site_id"]).assign(zone_id=ZONES["zone_id"], mode="car")
    wide.to_parquet(folder(tmp_path) / "travel.parquet")
    assert read(tmp_path)["minutes"].to_numpy() == pytest.approx(CAR.ravel())


def omx(path: Path, *, zones: object = None, sites: object = None, **modes: np.ndarray) -> None:
    h5py = pytest.importorskip("h5py", reason="OMX is read with h5py: pip install assetopt[omx]")
    with h5py.File(path / "travel.omx", "w") as file:
        file.attrs["OMX_VERSION"] = b"0.2"
        file.attrs["window"] = b"08:00-09:00"
        for name, values in modes.items():
            file.create_dataset(f"data/{name}", data=values)
        if zones is not None:
            file.create_dataset("lookup/zone_id", data=zones)
        if sites is not None:
            file.create_dataset("lookup/site_id", data=sites)


def test_omx_with_several_modes(tmp_path: Path) -> None:
    transit = 10 + KM * 3
    transit[0, 4] = np.nan
    zones, sites = (list(map(str.encode, frame.iloc[:, 0])) for frame in (ZONES, SITES))
    omx(folder(tmp_path), zones=zones, sites=sites, car=CAR, transit=transit)
    found = read(tmp_path)
    assert found["mode"].value_counts().to_dict() == {"car": 40, "transit": 39}
    assert found["minutes"].to_numpy()[:40] == pytest.approx(CAR.ravel())
    assert set(found["x_window"]) == {"08:00-09:00"}


def test_omx_without_lookups_is_refused_in_words(tmp_path: Path) -> None:
    omx(folder(tmp_path), car=CAR)
    with pytest.raises(
        DataError, match="nothing says which zones and sites its rows and columns are; give /lookup/zone_id"
    ):
        read(tmp_path)


def test_omx_of_another_size_than_its_lookups_is_refused(tmp_path: Path) -> None:
    omx(folder(tmp_path), zones=[b"z0"], sites=[b"s0", b"s1"], car=CAR)
    with pytest.raises(DataError, match=r"/data/car is 8 x 5, for 1 zones and 2 sites"):
        read(tmp_path)


def test_what_is_no_omx_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason="OMX is read with h5py: pip install assetopt[omx]")
    (folder(tmp_path) / "travel.omx").write_bytes(b"zones,sites")
    with pytest.raises(DataError, match=r"travel\.omx: cannot be read as OMX"):
        read(tmp_path)


def test_without_h5py_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "h5py", None)
    (folder(tmp_path) / "travel.omx").write_bytes(b"")
    with pytest.raises(DataError, match=r"pip install assetopt\[omx\]"):
        read(tmp_path)
