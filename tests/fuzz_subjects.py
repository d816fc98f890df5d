"""Every reader of the package, and how one file that it reads is spoiled.

A subject takes a draw and the ground (sound files), spoils one file and reads it. It may raise `AssetoptError`, or an
`OSError` that names the file; whatever else comes out, or a wrong figure, is a fault of the program.
"""

from __future__ import annotations

import io
import json
import math
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import mangling
import pandas as pd
from small_estate import SCENARIO, estate, write_model

from assetopt.errors import AssetoptError, InputError

MORE_TABLES = {
    "blackouts.csv": "blackout_id,start,end,applies_to,reason\nxmas,2027-12-20,2028-01-05,,closed\n"
    "peak,2028-04-01,2028-05-01,kcc,\n",
    "precedence.csv": "before,after,lag_months,kind,reason\nhall-extend,clerks,1,finish_start,room\n",
    "funds.csv": "fund_id,year,partner_id,amount,kind,price_basis,pays_for,uses,takes_receipts,carry_forward\n"
    "cap,2027,kcc,2000000,capital,real,all,all,yes,yes\ncap,2028,kcc,2000000,capital,real,all,all,yes,yes\n",
    "placements.csv": "team_id,site_id,allowed,annual_cost,one_off_cost\nclerks,depot,yes,100,5000\nnurses,shop,no,,\n",
    "compatibility.csv": "a,b,rule,scope,reason\nhelp_desk,community,must_not,site,privacy\n",
    "visits.csv": "zone_id,service_type,visits\nz1,help_desk,900\nz2,help_desk,100\n",
    "travel.csv": "zone_id,site_id,mode,minutes\n"
    + "".join(f"{z},{s},car,{9 + i}\n" for z in ("z1", "z2") for i, s in enumerate(("depot", "hall", "shop"))),
    "cost_shares.csv": "site_id,basis,weights,common_parts,rent_policy\nhall,floor_area,,0.1,cost\n",
}  # fmt: skip

SETTINGS = (
    SCENARIO
    + """
[boundaries]
estate = "pooled"
[change]
max_moves_per_year = 3
lead_months = 1
[rules.capacity]
headroom = 0.0
[costs.journeys]
value_of_time = 6.0
mode = "car"
[limits]
max_capital = 5_000_000
[decisions]
stay = ["nurses"]
[defaults]
use = "none"
"""
)

MAPPING = """\
sector = "council"
[columns]
partner_id = { from = ["Owner"] }
name = { from = ["Building"] }
uprn = { from = ["UPRN"] }
postcode = { from = ["Postcode"] }
x = { from = ["X"] }
y = { from = ["Y"] }
gia_m2 = { from = ["Area (sq ft)"], unit = "sqft", zero_is_missing = true }
running_cost = { sum = ["Energy", "Other"], unit = "gbp_k" }
tenure = { from = ["Tenure"], values = { "Free*" = "freehold" } }
[[leave_out]]
column = ["Tenure"]
values = ["Sold*"]
reason = "sold"
"""
REGISTER = """\
Owner,Building,UPRN,Postcode,X,Y,Area (sq ft),Energy,Other,Tenure
Northshire,Town Hall,100012345678,AB1 2CD,575000,155000,10000,10,2.5,Freehold
Northshire,Depot,,AB1 2CE,576000,156000,5000,3,,Leasehold
Northshire,Hut,,AB1 2CF,0.9,51.2,0,,,Sold 2019
"""
POSTCODES = "pcds,oseast1m,osnrth1m\nAB1 2CD,575000,155000\nAB12CE,576000,156000\n"
RANGES = "receipts = [0.7, 1.0, 1.2]\ncorrelation = 0.5\n"


@dataclass(frozen=True)
class Ground:
    """Sound files of every kind, and an empty folder for the spoiled ones."""

    root: Path

    @property
    def work(self) -> Path:
        """The folder of the case at hand."""
        return self.root / "work"

    @property
    def report(self) -> Path:
        """A report folder that verifies."""
        return self.root / "out"

    def fresh(self, name: str) -> Path:
        """Return the folder of the case, holding a copy of a folder of sound files."""
        shutil.rmtree(self.work, ignore_errors=True)
        if name:
            shutil.copytree(self.root / name, self.work)
        else:
            self.work.mkdir()
        return self.work


def lay_ground(root: Path) -> Ground:
    """Make the sound files."""
    from assetopt.optimise import optimise
    from assetopt.read import read_model
    from assetopt.registry import Registry, Run
    from assetopt.report.approvals import SCOPES, approve
    from assetopt.report.audit import read_document

    (root / "model").mkdir()
    write_model(root / "model", SETTINGS)
    for name, text in MORE_TABLES.items():
        (root / "model" / "data" / name).write_text(text, encoding="utf-8")
    result = optimise(read_model(root / "model" / "small.toml").problem())
    assert result.verdict is not None
    assert result.verdict.ok
    result.write(root / "out")
    document = read_document(root / "out")
    approve(root / "out", document, "kcc", "Director", SCOPES, "note")
    shutil.copytree(root / "out", root / "plans")
    shutil.rmtree(root / "plans" / "inputs")
    (root / "books").mkdir()
    with pd.ExcelWriter(root / "books" / "estate.xlsx", engine="xlsxwriter") as book:
        for path in sorted((root / "model" / "data").glob("*.csv")):
            pd.read_csv(path).to_excel(book, sheet_name=path.stem, index=False)
    register = pd.read_csv(io.StringIO(REGISTER), dtype=str, keep_default_na=False)
    with pd.ExcelWriter(root / "books" / "register.xlsx", engine="xlsxwriter") as book:
        register.to_excel(book, index=False)
    (root / "books" / "register.ods").write_bytes(ods(register))
    estate().spaces.to_parquet(root / "books" / "spaces.parquet")
    _write_omx(root / "books" / "travel.omx")
    registry = Registry(root / "books" / "runs.db")
    for number in range(3):
        registry.put(Run(f"{number:012x}", status="optimal", objective=1.5))
    return Ground(root)


def ods(frame: pd.DataFrame) -> bytes:
    """Return a table as an OpenDocument spreadsheet, the least that is one."""
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'

    rows = [list(frame.columns), *frame.to_numpy().tolist()]
    body = "".join("<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Sheet1">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr("content.xml", content)
        book.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _write_omx(path: Path) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("data/car", data=[[5.0, 8.0, 11.0], [14.0, 17.0, 20.0]])
        file.create_dataset("lookup/zone_id", data=[b"z1", b"z2"])
        file.create_dataset("lookup/site_id", data=[b"depot", b"hall", b"shop"])


def _sound(frames: object, label: str) -> None:
    """Look for figures that no table may hold."""
    for name, frame in frames.items():  # type: ignore[attr-defined]
        for column in frame.select_dtypes("float"):
            values = frame[column].to_numpy()
            assert not (abs(values) == math.inf).any(), f"{label}: {name}.{column} holds an infinite number"


# --- data packages ----------------------------------------------------------------------------------------------------


def package(draw: random.Random, ground: Ground) -> None:
    """A table of a data package: what is read makes a problem, or its faults are told."""
    from assetopt.read import read_model

    model = ground.fresh("model")
    chosen = draw.choice(sorted((model / "data").glob("*.csv")))
    how = mangling.bytes_of if draw.random() < 0.3 else mangling.table
    chosen.write_bytes(how(draw, chosen.read_bytes()))
    read = read_model(model / "small.toml")
    _sound(read.estate.tables, chosen.name)
    read.problem()


def solved_package(draw: random.Random, ground: Ground) -> None:
    """A table of a data package, solved: a plan verifies, or there is none."""
    from assetopt.optimise import optimise
    from assetopt.read import read_model

    model = ground.fresh("model")
    chosen = draw.choice(sorted((model / "data").glob("*.csv")))
    chosen.write_bytes(mangling.table(draw, chosen.read_bytes()))
    result = optimise(read_model(model / "small.toml", ["solver.time_limit=5"]).problem())
    if result.plan is not None:
        assert result.verdict is not None
        assert result.verdict.ok, result.verdict.violations
        assert math.isfinite(result.certificate.objective or 0.0)


def one_table(draw: random.Random, ground: Ground) -> None:
    """One table by itself: cells, headers, separators and encodings."""
    from assetopt.estate.fields import columns_of
    from assetopt.estate.findings import Findings
    from assetopt.estate.raw import digest
    from assetopt.estate.records import RECORDS
    from assetopt.estate.text_files import read_csv
    from assetopt.estate.typed import read_table

    source = draw.choice(sorted((ground.root / "model" / "data").glob("*.csv")))
    how = mangling.bytes_of if draw.random() < 0.5 else mangling.table
    place = ground.fresh("") / source.name
    place.write_bytes(how(draw, source.read_bytes()))
    findings = Findings()
    raw = read_csv(place, source.stem, columns_of(RECORDS[source.stem]), findings, digest(place)[1])
    if raw is None:
        assert findings.faults, f"{source.name} was not read and nothing said why"
        return
    frame = read_table(raw, findings).frame
    if not findings.faults:
        _sound({source.stem: frame}, source.name)


def written_number(draw: random.Random, ground: Ground) -> None:
    """A number written in one of the ways numbers are written is read as that number, or refused."""
    from assetopt.estate.words import read_number

    value = round(draw.choice((1, 10, 1e3, 1e6)) * draw.random(), draw.randrange(4))
    text = draw.choice(
        (
            f"{value}",
            f" {value} ",
            f"£{value:,}",
            f"{value:,}",
            f"+{value}",
            f"{value:e}",
            f"{value}\u00a0",
            f"£ {value}",
        )
    )
    exact = f"{value:e}" == text and float(text) != value
    found, _ = read_number(text, False, False)
    assert found is None or exact or found == value, f"{text!r} was read as {found}"


def workbook(draw: random.Random, ground: Ground) -> None:
    """A data package in one workbook."""
    from assetopt.read import read_estate

    place = ground.fresh("") / "estate.xlsx"
    place.write_bytes(mangling.archive(draw, (ground.root / "books" / "estate.xlsx").read_bytes(), mangling.markup))
    _sound(read_estate(place).tables, "workbook")


def parquet(draw: random.Random, ground: Ground) -> None:
    """A Parquet table."""
    from assetopt.estate.binary_files import read_parquet
    from assetopt.estate.findings import Findings

    place = ground.fresh("") / "spaces.parquet"
    place.write_bytes(mangling.bytes_of(draw, (ground.root / "books" / "spaces.parquet").read_bytes()))
    findings = Findings()
    assert read_parquet(place, "spaces", findings) is not None or findings.faults


def omx(draw: random.Random, ground: Ground) -> None:
    """A travel matrix as OMX."""
    from assetopt.estate.findings import Findings
    from assetopt.estate.matrices import read_omx

    place = ground.fresh("") / "travel.omx"
    place.write_bytes(mangling.bytes_of(draw, (ground.root / "books" / "travel.omx").read_bytes()))
    findings = Findings()
    assert read_omx(place, findings) is not None or findings.faults


# --- scenarios --------------------------------------------------------------------------------------------------------


def _spoiled_toml(draw: random.Random, text: str) -> bytes:
    if draw.random() < 0.4:
        return mangling.bytes_of(draw, text.encode())
    import tomllib

    import tomli_w

    for _ in range(9):
        whole, _ = mangling.tree(draw, tomllib.loads(text))
        try:
            return tomli_w.dumps(whole).encode()  # type: ignore[arg-type]
        except (TypeError, AttributeError, ValueError):
            continue  # null and the like, which TOML has not
    return text.encode()


def scenario(draw: random.Random, ground: Ground) -> None:
    """A scenario file by itself."""
    from assetopt.read import read_scenario

    place = ground.fresh("") / "small.toml"
    place.write_bytes(_spoiled_toml(draw, SETTINGS))
    read_scenario(place)


def model(draw: random.Random, ground: Ground) -> None:
    """A scenario file over sound data, up to the problem."""
    from assetopt.read import read_model

    folder = ground.fresh("model")
    (folder / "small.toml").write_bytes(_spoiled_toml(draw, SETTINGS))
    read_model(folder / "small.toml").problem()


def setting(draw: random.Random, ground: Ground) -> None:
    """A text after --set."""
    from assetopt.read import read_scenario

    key = draw.choice(
        ("solver.time_limit", "limits.max_sites", "name", "data", "appraisal.discount", "base", "a.b", "")
    )
    text = mangling.bytes_of(draw, f"{key}={draw.choice(mangling.WORDS)}".encode("utf-8", "replace"))
    read_scenario(ground.root / "model" / "small.toml", [text.decode("utf-8", "surrogateescape")])


def mapping(draw: random.Random, ground: Ground) -> None:
    """A mapping of a register."""
    from assetopt.importing import read_mapping

    place = ground.fresh("") / "mapping.toml"
    place.write_bytes(_spoiled_toml(draw, MAPPING))
    read_mapping(str(place))


def register(draw: random.Random, ground: Ground) -> None:
    """A register as CSV, imported through a mapping that may be spoiled too."""
    _imported(draw, ground, "register.csv", mangling.table(draw, REGISTER.encode()))


def register_book(draw: random.Random, ground: Ground) -> None:
    """A register as a workbook or an OpenDocument spreadsheet."""
    name = draw.choice(("register.xlsx", "register.ods"))
    content = (ground.root / "books" / name).read_bytes()
    _imported(draw, ground, name, mangling.archive(draw, content, mangling.markup))


def _imported(draw: random.Random, ground: Ground, name: str, content: bytes) -> None:
    from assetopt.importing import draft_mapping, import_registers, read_mapping
    from assetopt.importing.sources import read_register

    folder = ground.fresh("")
    (folder / name).write_bytes(content)
    (folder / "mapping.toml").write_bytes(_spoiled_toml(draw, MAPPING) if draw.random() < 0.2 else MAPPING.encode())
    codes = POSTCODES.encode()
    (folder / "postcodes.csv").write_bytes(mangling.table(draw, codes) if draw.random() < 0.2 else codes)
    found = read_register(folder / name)
    draft_mapping(found)
    done = import_registers([(read_mapping(str(folder / "mapping.toml")), folder / name)], folder / "postcodes.csv")
    assert sum(done.outcomes.values()) == len(found.cells), "a row is not accounted for"
    if done.estate is not None:
        _sound(done.estate.tables, name)


def ranges(draw: random.Random, ground: Ground) -> None:
    """The ranges of a stress study."""
    from assetopt.studies.draws import read_ranges

    place = ground.fresh("") / "ranges.toml"
    place.write_bytes(_spoiled_toml(draw, RANGES))
    for low, likely, high in read_ranges(place).factors.values():
        assert 0 <= low <= likely <= high < math.inf


# --- plans, reports, registries ---------------------------------------------------------------------------------------


def plan_file(draw: random.Random, ground: Ground) -> None:
    """A plan to start from: plan.json."""
    from assetopt.plan_files import read_plan

    place = ground.fresh("") / "plan.json"
    place.write_bytes(mangling.json_of(draw, (ground.report / "plan.json").read_bytes()))
    read_plan(place)


def plan_tables(draw: random.Random, ground: Ground) -> None:
    """A plan to start from: its tables."""
    from assetopt.plan_files import read_plan

    folder = ground.fresh("")
    for name in ("sites.csv", "teams.csv", "interventions.csv"):
        content = (ground.report / name).read_bytes()
        (folder / name).write_bytes(mangling.table(draw, content) if draw.random() < 0.5 else content)
    read_plan(folder)


FIGURES = ("sites", "teams", "interventions", "access", "cash", "totals", "verdict")


def stated_plan(draw: random.Random, ground: Ground) -> None:
    """plan.json in a report that verified: a changed figure is found."""
    from assetopt.report import verify_folder

    folder = ground.fresh("out")
    (folder / "approvals.jsonl").unlink()
    place = folder / "plan.json"
    document = json.loads(place.read_bytes())
    whole, path = mangling.tree(draw, document)
    place.write_text(json.dumps(whole), encoding="utf-8")
    if verify_folder(folder).ok:
        assert isinstance(whole, dict)
        for name in FIGURES:
            assert _same(whole.get(name), document[name]), f"verify did not see a change at {path}"


def _same(one: object, other: object) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_same(one.get(key), value) for key, value in other.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return abs(one - other) <= 0.01 + 1e-6 * abs(other)
    return one == other or (one in (None, "") and other in (None, ""))


def stated_files(draw: random.Random, ground: Ground) -> None:
    """Another file of a report that verified: tables, map, proof, log and inputs."""
    from assetopt.report import verify_folder

    folder = ground.fresh("out")
    names = (
        "sites.csv",
        "cash.csv",
        "plan.geojson",
        "certificate.json",
        "approvals.jsonl",
        "inputs/data/sites.csv",
        "inputs/scenario.toml",
    )
    chosen = folder / draw.choice([name for name in names if (folder / name).is_file()])
    before = chosen.read_bytes()
    chosen.write_bytes(_spoiled(draw, chosen))
    verdict = verify_folder(folder)
    if verdict.ok and "inputs" in chosen.parts:
        assert chosen.read_bytes() == before, f"verify did not see a change of {chosen.name}"


def _spoiled(draw: random.Random, path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".csv":
        return mangling.table(draw, content)
    return mangling.json_of(draw, content) if path.suffix in (".json", ".geojson") else mangling.bytes_of(draw, content)


def compared(draw: random.Random, ground: Ground) -> None:
    """A report laid beside another."""
    from assetopt.compare.side import read_side
    from assetopt.report.audience.audience import Audience

    folder = ground.fresh("plans")
    chosen = draw.choice(sorted(folder.glob("*.csv")) + [folder / "plan.geojson", folder / "plan.json"])
    chosen.write_bytes(_spoiled(draw, chosen))
    read_side(folder, Audience())


def approvals(draw: random.Random, ground: Ground) -> None:
    """The log of approvals: whatever is read of it is a beginning of what was written."""
    from assetopt.report.approvals import read_log

    folder = ground.fresh("")
    sound = (ground.report / "approvals.jsonl").read_bytes()
    (folder / "approvals.jsonl").write_bytes(mangling.bytes_of(draw, sound))
    told, _ = read_log(folder)
    written = [json.loads(line) for line in sound.splitlines()]
    assert [entry.seal for entry in told] == [line["seal"] for line in written[: len(told)]], "a forged line was taken"


def run_file(draw: random.Random, ground: Ground) -> None:
    """run.json and plan.json, from which a registry is rebuilt."""
    from assetopt.registry import Registry, run_of_folder

    folder = ground.fresh("")
    plan = (ground.report / "plan.json").read_bytes()
    (folder / "plan.json").write_bytes(mangling.json_of(draw, plan) if draw.random() < 0.7 else plan)
    run = {"run_id": "abc", "began": "2027-01-01", "who": "x", "model": "m", "settings": "[]"}
    (folder / "run.json").write_bytes(mangling.json_of(draw, json.dumps(run).encode()))
    found = run_of_folder(folder)
    if draw.random() < 0.1:
        registry = Registry(folder / "runs.db")
        registry.put(found)
        assert registry.runs() == [found]


def registry(draw: random.Random, ground: Ground) -> None:
    """The registry file."""
    from assetopt.registry import Registry

    place = ground.fresh("") / "runs.db"
    place.write_bytes(mangling.bytes_of(draw, (ground.root / "books" / "runs.db").read_bytes()))
    if draw.random() < 0.5:
        _odd_rows(draw, place)
    from assetopt.registry_commands import run_line

    for run in Registry(place).runs():
        run_line(run)


def _odd_rows(draw: random.Random, place: Path) -> None:
    try:
        base = sqlite3.connect(place)
        column = draw.choice(("objective", "gap", "npv_saving", "status", "began", "run_id", "folder"))
        value = draw.choice(("x", b"\xff\x00", 1.5, None, "1e999", 7))
        base.execute(f"UPDATE runs SET {column} = ? WHERE run_id = '000000000001'", [value])
        base.commit()
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # the second where the words of the first hold spoiled names
        pass
    finally:
        base.close()


def study(draw: random.Random, ground: Ground) -> None:
    """A study's folder that is gone on with."""
    from assetopt.studies.folder import StudyFolder

    folder = ground.fresh("")
    told = json.dumps({"study": "stress", "assetopt_version": "0.1.0", "complete": False}).encode()
    (folder / "study.json").write_bytes(mangling.json_of(draw, told))
    StudyFolder(folder, "stress")


def actuals(draw: random.Random, ground: Ground) -> None:
    """Outturn: a spoiled table is refused, or adds up to what its rows say."""
    from assetopt.tracking import track, track_text

    document = json.loads((ground.report / "plan.json").read_bytes())
    rows = [row for row in document["cash"] if row.get("amount", row.get("nominal", 0))][:3] or document["cash"][:3]
    lines = [f"{row['partner_id']},{row['year']},{row['head']},{draw.randrange(10**6)}" for row in rows]
    text = "\n".join(["partner_id,year,head,amount", *lines, ""])
    place = ground.fresh("") / "actuals.csv"
    how = mangling.bytes_of if draw.random() < 0.4 else mangling.table
    place.write_bytes(how(draw, text.encode()))
    if draw.random() < 0.1:
        document, _ = mangling.tree(draw, document)
        (place.parent / "plan.json").write_text(json.dumps(document), encoding="utf-8")
        from assetopt.report.audit import read_document

        document = read_document(place.parent)
    track_text(track(document, place))


Subject = Callable[[random.Random, Ground], None]
SUBJECTS: dict[Subject, int] = {
    package: 10, solved_package: 1, one_table: 250, written_number: 150, workbook: 6, parquet: 100, omx: 3, scenario: 200,
    model: 8, setting: 100, mapping: 150, register: 25, register_book: 20, ranges: 80, plan_file: 80, plan_tables: 60,
    stated_plan: 2, stated_files: 1, compared: 15, approvals: 100, run_file: 80, registry: 60, study: 80, actuals: 60,
}  # fmt: skip
"""Each subject and how many cases of a round it has: fewer of those that take long."""


def spoil_and_read(number: int, ground: Ground, subject: Subject) -> str:
    """Run one case; return what it came to: "read" or "refused". Anything else is raised."""
    draw = random.Random(f"assetopt {subject.__name__} {number}")
    try:
        subject(draw, ground)
    except (AssetoptError, OSError) as fault:
        refusal = fault
    else:
        return "read"
    if isinstance(refusal, InputError):
        assert refusal.issues, "refused without a word"
        assert all(issue.where and issue.what for issue in refusal.issues), refusal.issues
    if isinstance(refusal, OSError):
        assert str(ground.work) in str(refusal), f"names no file: {refusal!r}"
    assert str(refusal)
    return "refused"


def subject_of(number: int) -> Subject:
    """Return the subject of a case; every subject comes early in a round."""
    if number < len(SUBJECTS):
        return list(SUBJECTS)[number]
    weights = list(SUBJECTS.values())
    return random.Random(f"assetopt subject {number}").choices(list(SUBJECTS), weights)[0]
