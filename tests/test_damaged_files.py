"""What fuzzing found, once each: files that made a library hang, a traceback come out, or a bomb be unpacked."""

from __future__ import annotations

import base64
import contextlib
import io
import sqlite3
import zipfile
import zlib
from pathlib import Path

import h5py
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fuzz_subjects import ods

from assetopt.compare.side import read_side
from assetopt.errors import DataError, ScenarioError
from assetopt.estate import binary_files, omx_trial
from assetopt.estate.binary_files import read_parquet
from assetopt.estate.findings import Findings
from assetopt.estate.matrices import read_omx
from assetopt.importing import read_mapping
from assetopt.importing.sources import read_register
from assetopt.plan_files import read_plan
from assetopt.read import read_estate, read_scenario
from assetopt.registry import Registry, Run
from assetopt.report.audience.audience import Audience
from assetopt.report.audit import read_document
from assetopt.report.document import read_json
from assetopt.studies.draws import read_ranges
from assetopt.studies.folder import StudyFolder
from assetopt.toml_layers import Layers, set_on_command_line

ENDLESS = (
    "c-rlly-or_6oqH@C$1PHL^NVWWi+u+Lt!UI(JhP+wXoBTm|!F>QA`XK<@yFb0;P{(=_6SB7RWMp*quTAH=1z1=5l8*%w*@xWzXKa"
    "n_J_F*#rx59A>d3i_<2W3u-Q}A5-KM1Bxv}j`Qxd85&Q~@9T93dxb(+-PVxvJlP_us{_M=TUalJ@sM(<rw2o=D|>Y>j8)%1zph2P"
    "%zts-LHcz~kyq@G>37u;(ZN>6$PvS*U)je3Tdh0sE|q@jeskXa-Qp%^Mo)KHQ|;Hfj^(<VDYdRe`NQOJDwQ)^+zT%Ac@YgUAlne#"
    "&c592bdazzm0hE~$g|uS%eAS%?u>@l4MY5(LmkKD%~4UYq^;=YPw$7&74PY4egxg@>!j)LDNAvV;v&Umin)BKt7azBSUl%l9YuNg"
    "*^1?smYcZo0002MA3ayT?l1M{?f3j;X$t-l???LIk34IBt>Iss9-Woh)mgn8zyE$j_eEl6&Q)JzXg(;zh1X2>zUpW`h-p6Po_tVN"
    "TS4%z_Cfk>>7(za->#SEHJ^rtKcg#ifWQ8{t{w;Y>j0Yoex2=&;!anP$;iXU`(<N=z1l|`%c}k@idPlChI5W{4u<2LTiSTVt5(H1"
    "U@RWXr!~JGThGk|_5=U`00000008)DUI3LGhXM"
)
"""An OMX of two zones whose heap of texts points at itself: HDF5 2.0 and before go round in it for ever."""


def test_an_omx_that_makes_hdf5_go_round_for_ever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, findings = tmp_path / "travel.omx", Findings()
    path.write_bytes(zlib.decompress(base64.b85decode("".join(ENDLESS))))
    monkeypatch.setattr(omx_trial.why_unreadable, "__defaults__", (3.0,))
    assert read_omx(path, findings) is None
    assert "damaged" in findings.faults[0].what or "Invalid" in findings.faults[0].what


def test_an_omx_that_breaks_the_library_down_or_names_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "travel.omx"
    with h5py.File(path, "w") as file:
        file.create_dataset("data/car", data=[[1.0]])
        file.create_dataset("lookup/zone_id", shape=(omx_trial.MAX_NAMES + 1,), dtype="i1", chunks=(1000,))
    assert "at most 10,000,000 are read" in omx_trial.why_unreadable(path)
    crashing = tmp_path / "crashing.py"
    crashing.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(omx_trial, "__file__", str(crashing))
    assert "breaks down" in omx_trial.why_unreadable(path)


def test_a_parquet_table_of_too_many_cells_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, findings = tmp_path / "spaces.parquet", Findings()
    pd.DataFrame({"site_id": ["a"] * 1000, "capacity": 1.0}).to_parquet(path)
    assert read_parquet(path, "spaces", findings) is not None
    monkeypatch.setattr(binary_files, "MAX_CELLS", 1999)
    assert read_parquet(path, "spaces", findings) is None
    assert "unpacks to 1,000 rows of 2 columns; at most 1,999 cells" in findings.faults[0].what


@pytest.mark.parametrize(
    ("column", "value"), [("status", None), ("objective", "much"), ("gap", 1e999), ("began", b"\xff")]
)
def test_a_registry_row_of_another_form_is_told_and_not_listed(tmp_path: Path, column: str, value: object) -> None:
    path = tmp_path / "runs.db"
    Registry(path).put(Run("a" * 12, status="optimal"))
    base = sqlite3.connect(path)
    base.execute(f"UPDATE runs SET {column} = ?", [value])
    base.commit()
    base.close()
    with pytest.raises(DataError, match="rebuild it") as fault:
        Registry(path).runs()
    assert column in str(fault.value)


@pytest.mark.parametrize("content", [b"\xff\xfesite_id", b"", b'a,b\n1,"2\n3,4,5\n'])
def test_a_table_of_a_report_that_cannot_be_read_names_its_file(tmp_path: Path, content: bytes) -> None:
    from small_estate import solved

    solved(tmp_path).write(tmp_path / "out")
    (tmp_path / "out" / "sites.csv").write_bytes(content)
    with pytest.raises(DataError, match="is no table") as fault:
        read_side(tmp_path / "out", Audience())
    assert "sites.csv" in fault.value.issues[0].where


# --- bombs, and names that reach outside ------------------------------------------------------------------------------


def _archive(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh:
        assert old in book.read(name)
        for part in book.namelist():
            fresh.writestr(part, book.read(part).replace(old, new, 1) if part == name else book.read(part))
    return out.getvalue()


def _books() -> dict[str, bytes]:
    frame, out = pd.DataFrame({"a": ["1", "2"], "b": ["3", "4"]}), io.BytesIO()
    with pd.ExcelWriter(out, engine="xlsxwriter") as book:
        frame.to_excel(book, index=False)
    return {"a.xlsx": out.getvalue(), "a.ods": ods(frame)}


CORNER = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
CELL, ROW = b"<table:table-cell ", b"<table:table-row>"


@pytest.mark.parametrize(
    ("name", "part", "old", "new", "said"),
    [
        ("a.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", CORNER, "reaches over 17,179,869,184 cells"),
        (
            "a.ods",
            "content.xml",
            ROW + CELL,
            ROW + CELL + b'table:number-columns-repeated="2000000000" ',
            "reaches over",
        ),
        ("a.ods", "content.xml", ROW, b'<table:table-row table:number-rows-repeated="2000000000">', "reaches over"),
    ],
)
def test_a_sheet_that_would_unpack_to_billions_of_cells_is_refused(
    tmp_path: Path, name: str, part: str, old: bytes, new: bytes, said: str
) -> None:
    content = _books()[name]
    (tmp_path / name).write_bytes(content)
    assert read_register(tmp_path / name).header == ("a", "b")
    (tmp_path / name).write_bytes(_archive(content, part, old, new))
    with pytest.raises(DataError, match=said):
        read_register(tmp_path / name)


def test_an_entity_of_a_workbook_is_not_looked_up(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    entity = f'?><!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    content = _archive(_books()["a.xlsx"], "xl/sharedStrings.xml", b"?>", entity)
    content = _archive(content, "xl/sharedStrings.xml", b"<t>a</t>", b"<t>&x;</t>")
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(DataError, match="cannot be read") as fault:
        read_register(tmp_path / "a.xlsx")
    assert "the secret" not in str(fault.value)


def test_parts_and_sheets_named_like_paths_write_nothing_outside(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "package"
    folder.mkdir(parents=True)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_books()["a.xlsx"])) as book, zipfile.ZipFile(out, "w") as fresh:
        for part in book.namelist():
            fresh.writestr(part, book.read(part).replace(b'name="Sheet1"', b'name="../../sites"'))
        fresh.writestr("../../outside.csv", "x")
    (folder / "estate.xlsx").write_bytes(out.getvalue())
    with pytest.raises(DataError):
        read_estate(folder / "estate.xlsx")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["estate.xlsx"]


@pytest.mark.parametrize("how", ["link", "storage", "virtual"])
def test_a_matrix_that_lies_in_another_file_is_not_read(tmp_path: Path, how: str) -> None:
    path, other, findings = tmp_path / "travel.omx", tmp_path / "other.h5", Findings()
    with h5py.File(other, "w") as file:
        file["car"] = [[1.0]]
    with h5py.File(path, "w") as file:
        file["lookup/zone_id"], file["lookup/site_id"] = [b"z1"], [b"hall"]
        if how == "link":
            file["data/car"] = h5py.ExternalLink(str(other), "/car")
        elif how == "storage":
            file.create_dataset("data/car", shape=(1, 1), dtype="f8", external=[(str(other), 0, 8)])
        else:
            layout = h5py.VirtualLayout(shape=(1, 1), dtype="f8")
            layout[:] = h5py.VirtualSource(str(other), "car", shape=(1, 1))
            file.create_virtual_dataset("data/car", layout)
    assert read_omx(path, findings) is None
    assert "/data/car lies in another file" in findings.faults[0].what


# --- nesting without end, numbers of thousands of digits --------------------------------------------------------------

ENDLESS_TEXTS = {"nested": "[" * 200_000, "digits": "9" * 6_000}


@pytest.mark.parametrize("sort", list(ENDLESS_TEXTS))
def test_toml_without_end_is_refused_by_every_reader(tmp_path: Path, sort: str) -> None:
    path, text = tmp_path / "x.toml", f"a = {ENDLESS_TEXTS[sort][:20_000]}"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=r"x\.toml.*is no valid TOML"):
        read_scenario(path)
    with pytest.raises(DataError, match=r"x\.toml.*cannot be read as TOML"):
        read_mapping(str(path))
    with pytest.raises(ScenarioError, match=r"x\.toml.*cannot be read"):
        read_ranges(path)
    with pytest.raises(ScenarioError, match="--set a="):
        set_on_command_line(Layers(data_folder=Path()), [text.replace(" ", "")])


@pytest.mark.parametrize("sort", list(ENDLESS_TEXTS))
def test_json_without_end_is_refused_by_every_reader(tmp_path: Path, sort: str) -> None:
    for name in ("plan.json", "study.json", "datapackage.json"):
        (tmp_path / name).write_text(f'{{"a": {ENDLESS_TEXTS[sort]}')
    with pytest.raises(DataError, match=r"plan\.json.*cannot be read as JSON"):
        read_document(tmp_path)
    with pytest.raises(DataError, match=r"plan\.json.*cannot be read as JSON"):
        read_plan(tmp_path)
    with pytest.raises(FileExistsError, match="something that is no study"):
        StudyFolder(tmp_path, "stress")


def test_a_parquet_column_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    path, findings = tmp_path / "spaces.parquet", Findings()
    pq.write_table(pa.table({"xxcapacityxx": [1.0]}), path, store_schema=False)
    content = path.read_bytes()
    assert content.count(b"xxcapacityxx") >= 2
    path.write_bytes(content.replace(b"xxcapacityxx", b"xx\xf0apacityxx"))
    assert read_parquet(path, "spaces", findings) is None
    assert "cannot be read as Parquet" in findings.faults[0].what


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999", "NaN", str(2**70)])
def test_a_number_that_nobody_can_count_with_makes_no_plan(tmp_path: Path, number: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        read_json(f'{{"certificate": {{"objective": {number}}}}}'.encode())
    (tmp_path / "plan.json").write_text(f'{{"certificate": {{"objective": {number}}}}}')
    with pytest.raises(DataError, match="is no number"):
        read_document(tmp_path)
    (tmp_path / "ranges.toml").write_text(f"receipts = [0, 1, {number.lower()}]")
    with pytest.raises(ScenarioError, match="receipts") if number != str(2**70) else contextlib.nullcontext():
        read_ranges(tmp_path / "ranges.toml")
