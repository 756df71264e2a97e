"""Nothing in a folder leads beyond it, and nothing in it is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.selftest.proving import folders

from customers_conformance.model import UsageError
from customers_conformance.proving import folder
from customers_conformance.proving.folder import contents, handed_over, names, opened
from customers_conformance.proving.recording import kept


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../secret", "/etc/passwd", "sub/evidence.har", "..\\secret", "C:\\secret", "C:secret"]
)
def test_a_name_with_a_path_in_it_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "run").mkdir()
    with pytest.raises(UsageError, match="is no name of a file in this folder"):
        contents(tmp_path / "run", name, 10)


@pytest.mark.parametrize("name", ["../evidence.har", "/etc/hostname"])
def test_a_report_that_names_evidence_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    run = folders.live(tmp_path / "run")
    (run / "evidence.har").rename(tmp_path / "evidence.har")
    folders.edit(run, lambda value: value["evidence"].update(file=name))
    with pytest.raises(UsageError, match="is no name of a file in this folder"):
        kept(opened(run))


def test_a_link_that_leaves_the_folder_is_refused_and_one_within_it_is_followed(tmp_path: Path) -> None:
    run = folders.live(tmp_path / "run")
    (run / "evidence.har").rename(tmp_path / "evidence.har")
    (run / "evidence.har").symlink_to(tmp_path / "evidence.har")
    with pytest.raises(UsageError, match="a link that leaves the folder"):
        kept(opened(run))
    (run / "evidence.har").unlink()
    (tmp_path / "evidence.har").rename(run / "other.har")
    (run / "evidence.har").symlink_to("other.har")
    assert kept(opened(run)).exchanges


def test_a_folder_that_is_named_by_a_link_is_read(tmp_path: Path) -> None:
    run = folders.live(tmp_path / "run")
    (tmp_path / "latest").symlink_to(run)
    assert opened(tmp_path / "latest").folder == run
    assert opened(tmp_path / "latest" / "report.json").name == "report.json"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report.json")
    with pytest.raises(UsageError, match="it is no file; allowed is a plain one"):
        contents(tmp_path, "report.json", 10)
    (tmp_path / "sub").mkdir()
    with pytest.raises(UsageError, match="it is no file"):
        contents(tmp_path, "sub", 10)


def test_what_is_larger_than_it_may_be_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 11)
    assert contents(tmp_path, "a", 11) == b"x" * 11
    with pytest.raises(UsageError, match="it has more than 10 bytes"):
        contents(tmp_path, "a", 10)
    with pytest.raises(UsageError, match=r"a: it has more than 10 bytes"):
        handed_over(tmp_path / "a", 10)


def test_evidence_that_would_take_too_much_memory_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = folders.live(tmp_path / "run")
    monkeypatch.setattr("customers_conformance.proving.recording.HEAVIEST", 1000)
    with pytest.raises(UsageError, match="it holds more values than"):
        kept(opened(run))


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file or folder"):
        opened(tmp_path / "no\x1bwhere")
    with pytest.raises(UsageError, match="there is no such file or folder"):
        opened(Path("a\0b"))
    with pytest.raises(UsageError, match=r"it holds no report\.json"):
        opened(tmp_path)
    with pytest.raises(UsageError, match="there is no such file"):
        handed_over(tmp_path / "nothing", 10)
    with pytest.raises(UsageError, match="cannot be listed"):
        names(tmp_path / "nothing")


def test_a_folder_of_very_many_entries_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_ENTRIES", 2)
    for name in "ab":
        (tmp_path / name).touch()
    assert names(tmp_path) == ["a", "b"]
    (tmp_path / "c").touch()
    with pytest.raises(UsageError, match="more than 2 entries"):
        names(tmp_path)


def test_evidence_that_another_tool_wrote_is_refused(tmp_path: Path) -> None:
    run = folders.live(tmp_path / "run")
    (run / "evidence.har").write_bytes((folders.RECORDINGS / folders.AUTH_ON).read_bytes())
    with pytest.raises(UsageError, match="another tool wrote it"):
        kept(opened(run))
