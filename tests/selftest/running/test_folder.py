"""The folder of a run: whole files or none, and nothing left of an older run."""

from __future__ import annotations

import errno
import json
import os
import types
from typing import TYPE_CHECKING, NoReturn

import pytest
from tests.selftest import runs

from customers_conformance.model import UsageError
from customers_conformance.running import folder as publish
from customers_conformance.running.folder import EVIDENCE, FIRST, Folder, WriteFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {"badge.json", "gl-code-quality.json", "junit.xml", "report.html", "report.json", "report.sarif", "summary.md"}


def names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_formats_are_those_that_the_package_holds() -> None:
    assert {one.FILE for one in publish.formats()} == FILES


def test_a_run_is_published_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "b")
    with folder.held():
        assert names(folder.out) == set()
        places = folder.publish(runs.plain())
    assert {place.name for place in places} == names(folder.out) == FILES
    assert places[-1].name == FIRST
    assert json.loads((folder.out / FIRST).read_bytes())["run"]["complete"] is True


def test_a_run_begins_incomplete_and_without_the_files_of_an_older_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    folder.publish(runs.plain())
    folder.write(EVIDENCE, b"{}")
    folder.begin(runs.plain(), keep=[EVIDENCE])
    assert names(tmp_path) == {FIRST, EVIDENCE, "notes.txt"}
    assert json.loads((tmp_path / FIRST).read_bytes())["run"]["complete"] is False
    folder.begin(runs.plain())
    assert names(tmp_path) == {FIRST, "notes.txt"}


def test_leftovers_of_a_run_that_was_killed_go(tmp_path: Path) -> None:
    (tmp_path / ".report.json.0123.part").write_text("half")
    (tmp_path / ".mine.part").write_text("mine")
    with Folder(tmp_path).held():
        assert names(tmp_path) == {".mine.part"}


def test_a_folder_is_written_by_one_run_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "same").symlink_to(tmp_path / "out")
    with Folder(tmp_path / "out").held():
        (tmp_path / "out" / ".report.json.0123.part").write_text("under way")
        for name in ("out", "same"):
            with (
                pytest.raises(UsageError, match="another run is writing there; wait for its end"),
                Folder(tmp_path / name).held(),
            ):
                pass
        assert names(tmp_path / "out") == {".report.json.0123.part"}
        with Folder(tmp_path / "other").held():
            pass
    with Folder(tmp_path / "same").held():
        assert names(tmp_path / "out") == set()


def test_a_run_that_breaks_off_lets_go_of_its_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Folder(tmp_path).held():
        raise KeyboardInterrupt
    with Folder(tmp_path).held():
        pass


def test_a_file_system_without_locks_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> NoReturn:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with Folder(tmp_path).held(), Folder(tmp_path).held():
        pass


def test_reports_may_be_read_by_whom_the_user_lets_read(tmp_path: Path) -> None:
    (tmp_path / "like").touch()
    place = Folder(tmp_path).write("summary.md", b"x")
    assert place.stat().st_mode == (tmp_path / "like").stat().st_mode


@pytest.mark.parametrize("below", ["", "below", "below/it"])
def test_a_file_is_no_folder(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(UsageError, match=r"--out .*file.*a file and no folder\. Name a folder"),
        Folder(tmp_path / "file" / below).held(),
    ):
        pass


def test_a_folder_at_the_name_of_a_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(UsageError, match=r"report\.html in it is a folder"), Folder(tmp_path).held():
        pass


@pytest.mark.parametrize(
    "error,words",
    [
        (PermissionError(errno.EACCES, "Permission denied"), "you may not write there"),
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system"),
        (OSError(), "OSError"),
    ],
)
def test_a_folder_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UsageError, match=words), Folder(tmp_path).held():
        pass


def test_a_path_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--out"), Folder(tmp_path / "a\0b").held():
        pass


def test_a_symbolic_link_at_a_name_is_replaced_and_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    out = tmp_path / "out"
    out.mkdir()
    for name in FILES:
        (out / name).symlink_to(elsewhere)
    folder = Folder(out)
    with folder.held():
        folder.begin(runs.plain())
        folder.publish(runs.plain())
    assert elsewhere.read_text() == "precious"
    assert not any((out / name).is_symlink() for name in FILES)


def test_a_full_disk_leaves_what_was_there_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path)
    folder.write("summary.md", b"whole")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteFailed, match=r"Could not write .*summary\.md: No space left on device\."):
        folder.write("summary.md", b"new")
    assert names(tmp_path) == {"summary.md"}
    assert (tmp_path / "summary.md").read_bytes() == b"whole"


def test_a_file_may_come_in_parts_and_one_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.write(EVIDENCE, iter([b"a", b"b"])).read_bytes() == b"ab"

    def broken() -> Iterator[bytes]:
        yield b"c"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        folder.write(EVIDENCE, broken())
    assert names(tmp_path) == {EVIDENCE}
    assert (tmp_path / EVIDENCE).read_bytes() == b"ab"


def test_a_report_that_cannot_be_removed_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").mkdir()
    with pytest.raises(WriteFailed, match=r"Could not remove .*junit\.xml"):
        Folder(tmp_path).begin(runs.plain())


def test_a_format_that_fails_does_not_cost_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Folder(tmp_path)
    nothing: dict[str, bytes] = {}
    broken = types.SimpleNamespace(FILE="broken.txt", render=lambda _: nothing["secret"])
    monkeypatch.setattr(folder, "_formats", [broken, *publish.formats()])
    (tmp_path / "junit.xml").mkdir()
    with pytest.raises(WriteFailed) as caught:
        folder.publish(runs.plain())
    assert "Could not make broken.txt: KeyError" in str(caught.value)
    assert "junit.xml" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert names(tmp_path) >= FILES
