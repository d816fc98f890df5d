"""Nothing that a user gives is run: no pickle, eval, shell or YAML is within reach of what is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "assetopt"

MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib", "yaml", "ruamel", "code", "runpy"}
CALLS = {"eval", "exec", "compile", "__import__", "system", "popen", "getoutput", "getstatusoutput", "execv", "spawnl"}
METHODS = {"eval", "query", "read_pickle", "to_pickle", "extractall", "extract", "unpack_archive", "literal_eval"}

ALLOWED = {
    ("studies/pools.py", "pickle"),  # an estate that this process made, sent to workers that it started
    ("engines/pulp.py", "subprocess"),  # a list of arguments, of this package's own making
    ("estate/omx_trial.py", "subprocess"),  # this file, with a path as its one argument
    *((path, "query") for path in ("estate/access.py", "problem/access.py", "travel/reach.py")),  # trees of places
}
"""Each with why it is no user's input. Nothing else may come in without being argued here."""


def used(text: str) -> Iterator[tuple[str, int]]:
    """Give what a source imports or calls of what may run its input, with the line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        else:
            names = []
        yield from ((name, node.lineno) for name in names if name in MODULES or name == "subprocess")  # type: ignore[attr-defined]
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in CALLS:
            yield called.id, node.lineno
        if isinstance(called, ast.Attribute):
            module = called.value.id if isinstance(called.value, ast.Name) else ""
            if called.attr in METHODS or (called.attr in CALLS and module in ("os", "subprocess", "builtins")):
                yield called.attr, node.lineno
        for keyword in node.keywords:
            said = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg == "shell" and said is not False:
                yield "shell=", node.lineno
            if keyword.arg == "allow_pickle" and said is not False:
                yield "allow_pickle=", node.lineno
            if keyword.arg == "autoescape" and said is False:
                yield "autoescape=False", node.lineno


def test_the_package_runs_nothing_that_it_reads() -> None:
    sources = sorted(PACKAGE.rglob("*.py"))
    assert len(sources) > 200
    found = {
        (path.relative_to(PACKAGE).as_posix(), name, line)
        for path in sources
        for name, line in used(path.read_text(encoding="utf-8"))
    }
    assert {(path, name) for path, name, _ in found} == ALLOWED, sorted(found)


def test_arrays_are_loaded_without_pickle() -> None:
    """``numpy.load`` refuses pickles unless told otherwise; it is told so nowhere, and the cache says it in words."""
    assert "allow_pickle=False" in (PACKAGE / "travel" / "cache.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import pickle", "pickle"), ("from yaml import load", "yaml"), ("eval(x)", "eval"), ("os.system(x)", "system"),
        ("run(x, shell=True)", "shell="), ("np.load(p, allow_pickle=flag)", "allow_pickle="), ("df.eval(x)", "eval"),
        ("z.extractall(p)", "extractall"), ("Environment(autoescape=False)", "autoescape=False"),
    ],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(source: str, name: str) -> None:
    assert name in {found for found, _ in used(source)}
