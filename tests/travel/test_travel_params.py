"""The [travel] settings: shipped values, what replaces them, and what is refused instead of being ignored."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from assetopt.travel import TravelParams


def test_the_shipped_values_are_those_of_the_method() -> None:
    shipped = TravelParams()
    assert shipped.provider is None
    assert shipped.curves == {"car": [(0, 4), (5, 15.5), (15, 28.9), (40, 49.4), (100, 97)]}
    assert shipped.speeds == {"walk": 4.8, "cycle": 14}
    assert shipped.circuity == {"walk": 1.3, "cycle": 1.3}


def test_every_field_says_what_it_is_and_where_its_value_comes_from() -> None:
    for field in TravelParams.model_fields.values():
        assert field.description
        assert isinstance(field.json_schema_extra, dict)
        assert field.json_schema_extra["source"]


def test_the_defaults_in_the_schema_are_the_shipped_values() -> None:
    shipped = TravelParams()
    for name, field in TravelParams.model_fields.items():
        assert field.default == getattr(shipped, name)


def test_naming_one_mode_keeps_the_others() -> None:
    params = TravelParams.model_validate({"speeds": {"walk": 4.0}, "curves": {"transit": [[0, 12], [10, 50]]}})
    assert params.estimated_modes == ("car", "cycle", "transit", "walk")
    assert params.speeds == {"walk": 4.0, "cycle": 14.0}


def test_a_given_speed_replaces_the_shipped_curve() -> None:
    params = TravelParams(speeds={"car": 30})
    assert params.curves == {}
    assert params.circuity["car"] == 1.3


def test_a_given_curve_replaces_the_shipped_speed_and_circuity() -> None:
    params = TravelParams(curves={"walk": [(0, 1), (1, 17)]})
    assert "walk" not in params.speeds
    assert "walk" not in params.circuity


@pytest.mark.parametrize(
    "settings", [{}, {"speeds": {"car": 30}}, {"curves": {"walk": [(0, 1), (1, 17)]}, "circuity": {"cycle": 1.2}}]
)
def test_settings_written_and_read_again_are_the_same(settings: dict[str, object]) -> None:
    params = TravelParams.model_validate(settings)
    assert TravelParams.model_validate_json(params.model_dump_json()) == params


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"curves": {"walk": [(0, 1), (1, 17)]}, "speeds": {"walk": 5}}, "walk has both a curve and a speed"),
        ({"circuity": {"car": 1.4}}, "circuity for car has nothing to act on"),
        ({"circuity": {"walk": 0.9}}, "circuity.walk is 0.9"),
        ({"speeds": {"walk": 0}}, "speeds.walk is 0"),
        ({"speeds": {"crow": 5}}, '"crow" is no mode'),
        ({"speeds": {"car;walk": 5}}, '"car;walk" is no mode'),
        ({"curves": {"car": [(0, 4)]}}, "two points or more"),
        ({"curves": {"car": [(1, 4), (5, 9)]}}, "the first at 0 km"),
        ({"curves": {"car": [(0, 4), (5, 9), (5, 10)]}}, "kilometres must rise"),
        ({"curves": {"car": [(0, 4), (5, 3)]}}, "must not fall"),
        ({"curves": {"car": [(0, -1), (5, 3)]}}, "0 or more"),
        ({"curves": {"car": [(0, 1), (5, float("inf"))]}}, "finite"),
        ({"speeds": {"walk": float("nan")}}, "finite"),
        ({"speeds": 5}, "dictionary"),
        ({"speed": {"walk": 5}}, "Extra inputs"),
        ({"provider": "tabel"}, "'table', 'geodesic', 'road', 'osrm' or 'valhalla'"),
        ({"provider": "road"}, 'provider = "road" needs network'),
        ({"network": "x"}, 'network is given and nothing would use it; say provider = "road"'),
        ({"url": "http://x"}, 'say provider = "osrm" or provider = "valhalla"'),
        ({"provider": "road", "network": "x", "modes": []}, "modes is empty"),
        ({"provider": "road", "network": "x", "modes": ["crow"]}, '"crow" is no mode'),
        ({"speeds": {"car+walk": 5}}, '"car\\+walk" is no mode'),
        ({"snap_warn_km": 6}, "snap_max_km 5 is below snap_warn_km 6"),
        ({"road": {"car": {"speeds": {"primary": -1}}}}, "greater than or equal to 0"),
        ({"road": {"car": {"parking": 3}}}, "Extra inputs"),
        ({"provider": "road", "network": "x", "road": {"bus": {}}}, "does not ask for bus"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TravelParams.model_validate(settings)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        TravelParams().provider = "table"  # type: ignore[misc]
