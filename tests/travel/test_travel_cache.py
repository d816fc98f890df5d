"""Stored matrices: found again, never stale, never a reason to fail."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from assetopt.travel.cache import MatrixCache, content_key, default_cache_folder

MATRIX = np.arange(12.0).reshape(3, 4)
KEY = content_key(MATRIX, "car")


class Counted:
    """Makes a matrix and counts how often, and what was noted."""

    def __init__(self, matrix: np.ndarray = MATRIX) -> None:
        self.matrix = matrix
        self.times = 0
        self.notes: list[str] = []

    def compute(self) -> np.ndarray:
        self.times += 1
        return self.matrix

    def ask(self, cache: MatrixCache, key: str = KEY) -> np.ndarray:
        return cache.get(key, self.matrix.shape, self.compute, self.notes.append)


def test_the_second_time_is_read_from_disk(tmp_path: Path) -> None:
    asked = Counted()
    first, second = asked.ask(MatrixCache(tmp_path / "new")), asked.ask(MatrixCache(tmp_path / "new"))
    assert asked.times == 1
    assert np.array_equal(first, second)
    assert asked.notes == []


def test_infinite_minutes_survive(tmp_path: Path) -> None:
    asked = Counted(np.array([[np.inf, 1.0]]))
    asked.ask(MatrixCache(tmp_path))
    assert asked.ask(MatrixCache(tmp_path)).tolist() == [[np.inf, 1.0]]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"not a zip file",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(np.float64(7.0).tobytes(), np.float64(8.0).tobytes()),  # the checksum tells
    ],
    ids=["empty", "other", "cut", "altered"],
)
def test_a_damaged_file_is_computed_again_noted_and_replaced(tmp_path: Path, damage: object) -> None:
    cache, asked = MatrixCache(tmp_path), Counted()
    asked.ask(cache)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert np.array_equal(asked.ask(cache), MATRIX)
    assert asked.times == 2
    assert "could not be read" in asked.notes[0]
    asked.ask(cache)
    assert asked.times == 2


def test_a_file_under_another_name_is_not_believed(tmp_path: Path) -> None:
    cache, asked = MatrixCache(tmp_path), Counted()
    asked.ask(cache)
    (path,) = tmp_path.glob("*.npz")
    other = content_key(MATRIX, "walk")
    path.rename(path.with_name(path.name.replace(KEY, other)))
    asked.ask(cache, other)
    assert asked.times == 2
    assert "could not be read" in asked.notes[0]


def test_a_folder_that_cannot_be_written_is_noted_and_the_answer_given(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    asked = Counted()
    assert np.array_equal(asked.ask(MatrixCache(tmp_path / "file" / "cache")), MATRIX)
    assert any("not stored" in note for note in asked.notes)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", full)
    asked = Counted()
    assert np.array_equal(asked.ask(MatrixCache(tmp_path)), MATRIX)
    assert list(tmp_path.iterdir()) == []
    assert any("not stored" in note for note in asked.notes)


def test_the_matrices_used_longest_ago_go_first(tmp_path: Path) -> None:
    size = Counted()
    size.ask(MatrixCache(tmp_path / "measure"))
    (one,) = (tmp_path / "measure").glob("*.npz")
    cache = MatrixCache(tmp_path / "small", limit=int(2.5 * one.stat().st_size))  # room for two
    keys = [content_key(MATRIX, mode) for mode in ("car", "walk", "cycle")]
    for age, key in zip((100, 300), keys[:2], strict=True):  # walk was used before car
        Counted().ask(cache, key)
        path = cache.folder / f"travel-{key}.npz"
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    Counted().ask(cache, keys[2])
    assert {path.name for path in cache.folder.iterdir()} == {f"travel-{keys[0]}.npz", f"travel-{keys[2]}.npz"}


def test_a_matrix_larger_than_the_folder_may_be_is_not_stored(tmp_path: Path) -> None:
    Counted().ask(MatrixCache(tmp_path, limit=10))
    assert list(tmp_path.iterdir()) == []


def test_the_key_tells_apart_whatever_changes_the_numbers() -> None:
    keys = {
        content_key(MATRIX, "car"),
        content_key(MATRIX, "walk"),
        content_key(MATRIX.reshape(4, 3), "car"),
        content_key(MATRIX + 1e-12, "car"),
        content_key(MATRIX, "c", "ar"),
        content_key("car", MATRIX),
    }
    assert len(keys) == 6
    assert content_key(np.asfortranarray(MATRIX), "car") in keys  # the layout in memory does not matter


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("ASSETOPT_CACHE")
    assert default_cache_folder() == tmp_path / "assetopt"
    monkeypatch.setenv("ASSETOPT_CACHE", str(tmp_path / "mine"))
    assert default_cache_folder() == tmp_path / "mine"
    monkeypatch.setenv("ASSETOPT_CACHE", "off")
    assert default_cache_folder() is None
    monkeypatch.delenv("ASSETOPT_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_cache_folder() == tmp_path / "home" / ".cache" / "assetopt"
