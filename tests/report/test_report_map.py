"""The plan on a map: GeoJSON after RFC 7946, a GeoPackage as QGIS opens it, and edits of the map that are found."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from small_estate import solved

from assetopt.errors import DataError
from assetopt.report import verify_folder
from assetopt.report.geojson import map_document, map_text
from assetopt.report.layers import MOST_ZONES, plan_layers
from assetopt.report.tables import report_tables
from assetopt.result import Result

EVIL = '</script>"\u202e\x00'


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return solved(tmp_path_factory.mktemp("model"))


@pytest.fixture
def out(result: Result, tmp_path: Path) -> Path:
    return result.write(tmp_path / "out")


def features(out: Path) -> dict[str, dict]:
    document = json.loads((out / "plan.geojson").read_text(encoding="utf-8"))
    return {feature["id"]: feature for feature in document["features"]}


def test_the_map_has_every_site_and_every_move_in_degrees_longitude_first(out: Path) -> None:
    # Easting 575000, northing 155000 is near Maidstone: 0.507 E, 51.267 N. The nurses move from the depot to the hall.
    found = features(out)

    assert set(found) == {"sites/depot", "sites/hall", "sites/shop", "moves/nurses/hall"}
    hall, depot = (found[f"sites/{name}"]["geometry"]["coordinates"] for name in ("hall", "depot"))
    assert hall == pytest.approx([0.507, 51.267], abs=0.001)
    assert found["moves/nurses/hall"]["geometry"] == {"type": "LineString", "coordinates": [depot, hall]}
    assert found["sites/depot"]["properties"]["action"] == "dispose"


def test_the_map_is_as_rfc_7946_asks(out: Path) -> None:
    document = json.loads((out / "plan.geojson").read_text(encoding="utf-8"))
    corners = [feature["geometry"]["coordinates"] for feature in document["features"]]
    points = [one if isinstance(one[0], list) else [one] for one in corners]
    lon = [point[0] for line in points for point in line]
    lat = [point[1] for line in points for point in line]

    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    assert document["bbox"] == [min(lon), min(lat), max(lon), max(lat)]
    assert all(set(feature) == {"type", "id", "geometry", "properties"} for feature in document["features"])


def test_a_closure_is_an_option_until_it_is_decided(result: Result) -> None:
    tables = report_tables(result)
    estate = result.problem.estate

    def label(status: str) -> str:
        layer = plan_layers(estate, tables, status)[0]
        return str(layer.frame.set_index("site_id").loc["depot", "label"])

    assert label("model_option").startswith("option: could close")
    assert label("for_consultation").startswith("option: could close")
    assert label("decided").startswith("closes")


def test_what_has_no_place_is_counted(result: Result) -> None:
    estate = result.problem.estate
    sites = estate.sites.assign(lat=estate.sites["lat"].where(estate.sites["site_id"] != "depot"))
    document = map_document(
        plan_layers(replace(estate, tables={**estate.tables, "sites": sites}), report_tables(result), "")
    )

    assert document["left_out"] == {"sites": 1, "moves": 1, "zones": 0}


def test_zones_that_change_most_are_drawn_and_the_others_counted(result: Result) -> None:
    # Zone n gets n minutes further: the 5,000 with the longest extra ways are drawn, the first three are not.
    count = MOST_ZONES + 3
    zones = [f"z{n:05}" for n in range(1, count + 1)]
    frame = pd.DataFrame(
        {
            "service_type": "desk", "mode": "car", "zone_id": zones, "district": "", "ward": "", "people": 1.0, "way_today": 1.0,
            "way": [1.0 + n for n in range(1, count + 1)], "change": [float(n) for n in range(1, count + 1)], "unit": "minutes",
        }
    )  # fmt: skip
    tables = report_tables(result)
    tables["access_zones"] = replace(tables["access_zones"], frame=frame)
    places = pd.DataFrame({"zone_id": zones, "lat": 51.0, "lon": 0.5})
    estate = replace(result.problem.estate, tables={**result.problem.estate.tables, "demand": places})
    layer = plan_layers(estate, tables, "")[2]

    assert len(layer.frame) == MOST_ZONES
    assert layer.left_out == 3
    assert layer.frame["zone_id"].iloc[0] == "z00004"


def test_a_zone_that_loses_a_service_says_so(result: Result) -> None:
    frame = pd.DataFrame(
        {
            "service_type": ["desk", "gp", "gp"], "mode": "car", "zone_id": ["z1", "z1", "z2"], "district": "D", "ward": "W",
            "people": 9.0, "way_today": [5.0, 5.0, float("nan")], "way": [float("nan"), 3.5, 4.0],
            "change": [float("nan"), -1.5, float("nan")], "unit": "minutes",
        }
    )  # fmt: skip
    tables = report_tables(result)
    tables["access_zones"] = replace(tables["access_zones"], frame=frame)
    one, two = plan_layers(result.problem.estate, tables, "")[2].frame.to_dict("records")

    assert (one["services_lost"], one["services_further"], one["services_nearer"]) == (1, 1, 1)
    assert one["services"] == "desk (car) no longer reached; gp (car) -1.5 min"
    assert two["services"] == "gp (car) reached at last"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"action": "dispose"', '"action": "keep"', "plan.geojson, sites/depot, properties, action: the file says"),
        ('"coordinates": [0.521924', '"coordinates": [0.521934', "sites/depot, geometry, coordinates, 1"),
        ('"receipt": 487500', '"receipt": 487501', "sites/depot, properties, receipt"),
        ('"id": "sites/hall"', '"id": "sites/hull"', "sites/hall: the feature is missing"),
        ('"FeatureCollection"', '"Feature"', "is no FeatureCollection"),
        ('{"type": "FeatureCollection"', '{"crs": {}, "type": "FeatureCollection"', "has a crs member"),
        ('"bbox": [0.', '"bbox": [1.', "plan.geojson, bbox, 1"),
        ("]}\n", "", "cannot be read as JSON"),
    ],
)
def test_an_edited_map_is_found_and_named(out: Path, old: str, new: str, message: str) -> None:
    path = out / "plan.geojson"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new) if not new else text.replace(old, new, 1), encoding="utf-8")

    assert message in "\n".join(violation.message for violation in verify_folder(out).violations)


def test_a_map_that_is_gone_or_saved_in_another_layout_is_told_apart(out: Path) -> None:
    path = out / "plan.geojson"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=2), encoding="utf-8")
    assert verify_folder(out).ok
    path.unlink()
    assert [violation.message for violation in verify_folder(out).violations] == ["plan.geojson is missing"]


def test_a_hostile_name_stays_text_on_the_map(tmp_path: Path) -> None:
    result = solved(tmp_path, hall=EVIL.replace("\x00", ""))
    text = map_text(plan_layers(result.problem.estate, report_tables(result), ""))
    names = {feature["properties"].get("name") for feature in json.loads(text)["features"]}

    assert EVIL.replace("\x00", "") in names


def test_a_geopackage_has_the_layers_of_the_map_with_their_styles(result: Result, tmp_path: Path) -> None:
    geopandas = pytest.importorskip("geopandas")
    pytest.importorskip("pyogrio")
    from assetopt.report.geopackage import write_geopackage

    layers = plan_layers(result.problem.estate, report_tables(result), "")
    path = write_geopackage(tmp_path / "plan.gpkg", layers)

    moves = geopandas.read_file(path, layer="moves")
    sites = geopandas.read_file(path, layer="sites").set_index("site_id")
    zones = geopandas.read_file(path, layer="zones")
    assert (moves.crs.to_epsg(), moves.geom_type.tolist()) == (4326, ["LineString"])
    assert sites.loc["depot", ["action", "year"]].tolist() == ["dispose", 2027]
    assert len(zones) == 0
    with sqlite3.connect(path) as book:
        rows = book.execute(
            "SELECT f_table_name, f_geometry_column, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        kinds = dict(book.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall())
    book.close()
    assert [row[:3] for row in rows] == [(name, "geom", 1) for name in ("sites", "moves", "zones")]
    assert kinds["layer_styles"] == "attributes"
    for row in rows:
        assert ElementTree.fromstring(row[3].split("\n", 1)[1]).find("renderer-v2") is not None
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileExistsError):
        write_geopackage(path, layers)


def test_a_geopackage_without_the_extra_says_what_to_install(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    from assetopt.report.geopackage import write_geopackage

    monkeypatch.setitem(sys.modules, "geopandas", None)
    with pytest.raises(DataError, match=r"assetopt\[geo\]"):
        write_geopackage(tmp_path / "plan.gpkg", [])
    assert not list(tmp_path.iterdir())
