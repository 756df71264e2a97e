from __future__ import annotations

import multiprocessing
from typing import Self

import pytest

from customers_conformance.command import mutants as matrix
from customers_conformance.contract import document as contract
from customers_conformance.judging import proofs
from customers_conformance.reference.faults import faults_by_name
from customers_conformance.reference.variants import variants_by_name


def shipped() -> dict[str, object]:
    return proofs.matrix() or {}


def tried(name: str, *said: str, unseen: tuple[str, ...] = ()) -> matrix.Tried:
    kind = "fault" if name in faults_by_name() else "variant"
    expected = (faults_by_name()[name].breaks,) if kind == "fault" else variants_by_name()[name].warns
    return matrix.Tried(name, kind, expected, said, unseen, 0.1)


def test_the_shipped_matrix_is_of_these_faults_and_proves_every_requirement() -> None:
    rows = shipped()["requirements"]
    assert isinstance(rows, dict)
    assert list(rows) == [requirement.id for requirement in contract.load().requirements]
    assert sorted(name for row in rows.values() for name in row["caught"]) == sorted(faults_by_name())
    assert all(not row["missed"] and not row["caught_by_another"] for row in rows.values())


def test_the_shipped_matrix_shows_no_false_alarm() -> None:
    assert shipped()["variants"] == {"tried": len(variants_by_name()), "false_alarms": {}}


def test_a_fault_is_caught_missed_or_caught_by_another() -> None:
    names = [name for name, fault in faults_by_name().items() if fault.breaks == "CUST-REL-001"]
    made = matrix.matrix(
        [tried(names[0], "CUST-REL-001"), tried(names[1], "CUST-REL-001", "CUST-REL-002")]
        + [tried(name) for name in names[2:3]]
    )
    row = made["requirements"]["CUST-REL-001"]
    assert row["caught"] == [names[0]]
    assert row["caught_by_another"] == [names[1]]
    assert row["missed"] == names[2:3]


def test_a_variant_that_is_failed_or_left_unseen_is_a_false_alarm() -> None:
    one, other = list(variants_by_name())[:2]
    made = matrix.matrix([tried(one, "CUST-REL-001"), tried(other, unseen=("CUST-REL-002",))])
    assert made["variants"]["false_alarms"] == {one: ["CUST-REL-001"], other: ["CUST-REL-002"]}


@pytest.mark.parametrize("subject", [("fault", "count-too-high"), ("variant", "empty-list")])
def test_the_suite_says_of_a_server_what_it_has_to(subject: tuple[str, str]) -> None:
    kind, name = subject
    if name not in (faults_by_name() if kind == "fault" else variants_by_name()):
        name = next(name for name, fault in faults_by_name().items() if fault.breaks == "CUST-REL-001")
    assert matrix.try_one((kind, name)).holds


def test_the_session_names_what_escaped_and_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = next(name for name, fault in faults_by_name().items() if fault.breaks == "CUST-REL-001")

    class Pool:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            return

        def imap_unordered(self, _try: object, _subjects: object, chunksize: int) -> list[matrix.Tried]:
            return [tried(fault)][:chunksize]

    class Context:
        @staticmethod
        def Pool(_processes: int) -> Pool:  # noqa: N802 - as multiprocessing names it
            return Pool()

    monkeypatch.setattr(multiprocessing, "get_context", lambda _method: Context())
    assert matrix.main([fault]) == 1
    said = capsys.readouterr().out
    assert f"fault {fault}: expected CUST-REL-001, got none" in said
    assert "0 of 1 requirements proven" in said


def test_a_name_that_nobody_has_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    fault = next(iter(faults_by_name()))
    with pytest.raises(SystemExit) as ended:
        matrix.main([fault, f"{fault}s"])
    assert ended.value.code == 2
    assert f"no fault and no variant is named '{fault}s'; the nearest: {fault}, " in capsys.readouterr().err
