"""Any text at all: as a number, a date, a setting, a line of the log, or a cell of a register that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_importing import imported

from assetopt.errors import ScenarioError
from assetopt.estate.words import read_boolean, read_choice, read_date, read_number
from assetopt.importing.writing import write_import
from assetopt.report.approvals import APPROVALS_FILE, read_log
from assetopt.toml_layers import Layers, set_on_command_line

ANY = st.text(max_size=40)
FORMULA = st.tuples(st.sampled_from("=+-@\t"), ANY).map("".join)


@given(ANY | st.floats().map(str) | st.from_regex(r"\A[£+-]?[0-9,. ]{1,12}[%km]?\Z"), st.booleans(), st.booleans())
@settings(max_examples=500, deadline=None)
def test_a_text_is_a_finite_number_or_none_and_says_what_would_do(text: str, share: bool, unclear: bool) -> None:
    value, fix = read_number(text, share, unclear)
    assert math.isfinite(value) if value is not None else fix


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=2), st.sampled_from(("{:f}", "{:,f}", " {:f} ", "£{:,f}")))
@settings(max_examples=300, deadline=None)
def test_a_number_is_read_as_itself_however_it_is_written(number: object, form: str) -> None:
    value, _ = read_number(form.format(number), False, False)
    assert value is None or value == float(number)  # type: ignore[arg-type]
    assert value is not None or "£-" in form.format(number) or "," in form


@given(ANY | st.from_regex(r"\A[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}\Z"))
@settings(max_examples=300, deadline=None)
def test_a_text_is_a_date_or_none_a_boolean_or_none_a_word_or_none(text: str) -> None:
    day, _, fix = read_date(text)
    assert day is not None or isinstance(fix, str)
    assert read_boolean(text) in (True, False, None)
    assert read_choice(text, ("keep", "close")) in ("keep", "close", None)


@given(ANY | st.tuples(st.sampled_from(("solver.gap", "name", "data", "a.b")), ANY).map("=".join))
@settings(max_examples=300, deadline=None)
def test_a_setting_is_laid_over_or_refused_with_its_text(text: str) -> None:
    layers = Layers(data_folder=Path())
    try:
        set_on_command_line(layers, [text])
    except ScenarioError as refused:
        told = str(refused)
    else:
        told = ""
    assert layers.table if not told else text in told


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_bytes_are_no_approval(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / APPROVALS_FILE).write_bytes(content)
        told, faults = read_log(Path(folder))
    assert told == ()
    assert faults or b"\n" not in content


@given(FORMULA, FORMULA, FORMULA)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_cell_of_an_imported_register_is_a_formula(owner: str, name: str, code: str) -> None:
    row = io.StringIO()
    csv.writer(row).writerow([owner, name, code, "123", "S70 2JF", 434500, 406500, owner, name, code, owner])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_import(imported(folder, row.getvalue()), folder / "out")
        files = sorted((folder / "out").rglob("*.csv"))
        assert len(files) > 3
        for path in files:
            cells = [
                cell for line in csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")) for cell in line
            ]
            assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t") and not _is_number(cell)], path


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
