"""Every file of benchmarks/subjects registers one subject, and the estates that grow lie within each other."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from benchmarks import registry
from benchmarks.case import Case, Location, Subject
from benchmarks.estates import nearest
from benchmarks.peers import OURS, PEERS
from small_estate import estate

FILES = sorted(path.stem for path in registry.FOLDER.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("file", FILES)
def test_every_file_registers_one_subject_by_its_own_name(file: str) -> None:
    module = registry.subject(file)
    assert isinstance(module, Subject)
    assert module.name == file
    source = (registry.FOLDER / f"{file}.py").read_text(encoding="utf-8")
    assert source.count("SUBJECT = ") == 1


def test_the_list_is_every_file_once() -> None:
    assert sorted(registry.names()) == FILES
    assert set(registry.ORDER) == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_a_subject_names_known_peers_budgets_and_different_cases(file: str) -> None:
    subject = registry.subject(file)
    assert set(subject.peers) <= set(PEERS) - {OURS}
    assert subject.budgets
    assert min(subject.budgets) > 0
    if not subject.needs():
        names = [case.name for case in subject.cases()]
        assert names
        assert len(set(names)) == len(names)


def test_an_unknown_subject_is_refused() -> None:
    with pytest.raises(KeyError):
        registry.subject("atlantis")


def three() -> Subject:
    def never() -> Location:
        raise AssertionError("not read to be chosen")

    cases = [Case(name, never) for name in ("p1", "p10", "cap61/CFLP", "cap61/SSCFLP")]
    return Subject("three", "Three", "location", ("cbc",), (1.0,), lambda: cases, lambda: "")


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ([], ["p1", "p10", "cap61/CFLP", "cap61/SSCFLP"]),
        (["p1"], ["p1"]),
        (["p*"], ["p1", "p10"]),
        (["cap61"], ["cap61/CFLP", "cap61/SSCFLP"]),
        (["cap61/SSCFLP"], ["cap61/SSCFLP"]),
        (["p2"], []),
    ],
)
def test_cases_are_chosen_by_name_or_pattern(only: list[str], names: list[str]) -> None:
    assert [case.name for case in three().chosen(only)] == names


def test_growth_takes_any_number_of_sites_there_is() -> None:
    growth = registry.subject("growth")
    assert growth.more("77") is not None
    assert growth.more("13864") is None
    assert growth.more("many") is None


def test_the_smaller_part_of_an_estate_lies_within_the_larger() -> None:
    whole = estate()
    parts = [nearest(whole, sites) for sites in (1, 2, 3)]
    for small, large in pairwise(parts):
        for table, key in (("sites", "site_id"), ("teams", "team_id"), ("demand", "zone_id")):
            if table in small:
                assert set(small[table][key]) <= set(large[table][key])
    for part, sites in zip(parts, (1, 2, 3), strict=True):
        assert len(part["sites"]) == sites
        assert set(part["teams"]["site_id"]) <= set(part["sites"]["site_id"])
        assert set(part["needs"]["team_id"]) == set(part["teams"]["team_id"])
        assert set(part["partners"]["partner_id"]) >= set(part["sites"]["partner_id"])


def test_no_file_of_the_benchmarks_names_a_path_of_this_machine() -> None:
    folder = Path(registry.FOLDER).parent
    for path in folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(place in text for place in ("/work/", "/tmp/", "/root/")), path.name
