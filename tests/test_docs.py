"""The documentation says what the code does: columns, models, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assetopt.costs import COSTS
from assetopt.estate.package import documentation
from assetopt.rules import RULES

ROOT = Path(__file__).parents[1]
DATA = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_column_is_documented_with_its_meaning() -> None:
    missing = [
        f"{table}.{column}"
        for table, column, *_, text in documentation()
        if f"`{column}`" not in DATA or text.replace("|", "\\|") not in DATA
    ]
    assert missing == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_explained_in_words(rule: str) -> None:
    assert f"| {rule} |" in MODEL


def test_the_changelog_counts_rules_and_costs_rightly() -> None:
    words = {17: "seventeen", 27: "twenty-seven"}
    said = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"{words[len(RULES)]} rules and {words[len(COSTS)]} costs" in said


def test_every_model_and_page_the_readme_names_is_there() -> None:
    for path in re.findall(r"`(models/\w+\.toml|data/\w+\.py)`|\]\((docs/\w+\.md)\)", README):
        name = path[0] or path[1]
        assert (ROOT / name).exists(), name
