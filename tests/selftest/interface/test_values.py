"""What the options of a run allow, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest

from customers_conformance.contract import document as contract
from customers_conformance.interface import values as reading
from customers_conformance.model import DEFAULT_PROFILES, MEBI, PROFILES, Level, Mode, Requirement, UsageError
from customers_conformance.running.settings import Settings, selected

URL = "http://127.0.0.1:8080"
KEY = {"CUSTOMERS_CONFORMANCE_KEY": "canary-key-1"}


def read(environment: dict[str, str] | None = None, **values: object) -> Settings:
    return reading.settings(values, url=URL, environment=KEY if environment is None else environment)


def refusal(environment: dict[str, str] | None = None, **values: object) -> str:
    with pytest.raises(UsageError) as caught:
        read(environment, **values)
    return str(caught.value)


def test_the_defaults_are_those_that_the_design_names() -> None:
    settings = read()
    assert settings == Settings(url=URL, key="canary-key-1")
    assert settings.profiles == DEFAULT_PROFILES
    assert (settings.timeout, settings.deadline, settings.settle) == (10, 300, 5)
    assert (settings.max_body, settings.concurrency, settings.examples) == (256 * MEBI, 8, 20)
    assert (settings.rate, settings.seed, settings.out) == (None, None, Path("conformance-report"))


def test_every_value_is_read() -> None:
    settings = read(
        {**KEY, "VK": "sk-bf-1", "SESSION": "s1", "EXTRA": "e1"},
        profile=("http", "core"),
        only=("CUST-REL-001", "CUST-REL-001"),
        out="elsewhere",
        strict=True,
        allow_unverified=True,
        without=("mcp, teams", "memory"),
        timeout="0.5",
        deadline="60",
        settle="0",
        rate="2.5",
        concurrency="3",
        examples="0",
        seed="7",
        header=("X-One: a: b",),
        header_env=("X-Two=EXTRA",),
        proxy="http://user:secret@proxy.example:3128",
        evidence="full",
        virtual_key_env="VK",
        session_env="SESSION",
    )
    assert settings.profiles == ("core", "http")
    assert settings.only == ("CUST-REL-001",)
    assert settings.without == {"mcp", "teams", "memory"}
    assert (settings.timeout, settings.deadline, settings.settle, settings.rate) == (0.5, 60, 0, 2.5)
    assert (settings.concurrency, settings.examples, settings.seed) == (3, 0, 7)
    assert settings.headers == (("X-One", "a: b"), ("X-Two", "e1"))
    assert settings.evidence is Mode.FULL
    assert (settings.virtual_key, settings.session) == ("sk-bf-1", "s1")
    assert settings.strict
    assert settings.allow_unverified


def test_no_secret_stands_in_the_repr() -> None:
    settings = read(
        {**KEY, "VK": "canary-vk", "SESSION": "canary-session"},
        header=("X-One: canary-header",),
        proxy="http://user:canary-password@proxy.example:3128",
        virtual_key_env="VK",
        session_env="SESSION",
    )
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    "given, size",
    [("1024", 1024), ("64MiB", 64 * MEBI), ("2 kib", 2048), ("1gib", 1024 * MEBI), ("5MB", 5_000_000)],
)
def test_sizes_take_units(given: str, size: int) -> None:
    assert read(max_body=given).max_body == size


@pytest.mark.parametrize(
    "member, given, allowed",
    [
        ("max_body", "12", "from 1KiB"),
        ("max_body", "1XiB", "256MiB"),
        ("max_body", "much", "256MiB"),
        ("timeout", "0", "a number from 0.001 to 3600"),
        ("timeout", "nan", "a number from"),
        ("deadline", "inf", "a number from"),
        ("settle", "-1", "a number from 0 to 3600"),
        ("rate", "fast", "a number from"),
        ("concurrency", "0", "a whole number from 1 to 256"),
        ("examples", "1.5", "a whole number from 0"),
        ("seed", "-3", "a whole number from 0"),
        ("evidence", "some", "redacted, shape, full"),
        ("profile", ("cor",), "core, integrity, security, http, robustness, intrusive, all"),
        ("without", ("mcp,cars",), "mcp, provider-keys, teams, virtual-keys, budgets, rate-limits, memory"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(member: str, given: object, allowed: str) -> None:
    said = refusal(KEY, **{member: given})
    assert allowed in said
    assert f"--{member.replace('_', '-')}" in said
    assert ("cars" if member == "without" else given[0] if isinstance(given, tuple) else str(given)) in said


@pytest.mark.parametrize("member", ["out", "timeout", "key_file", "key_env", "proxy", "ca_bundle", "evidence"])
def test_an_empty_value_is_refused(member: str) -> None:
    assert f"--{member.replace('_', '-')} is empty" in refusal(KEY, **{member: ""})


def test_all_stands_for_every_profile() -> None:
    assert read(profile=("core", "all")).profiles == PROFILES


def test_an_id_alone_selects_from_every_profile() -> None:
    assert read(only=("CUST-AUTH-006",)).profiles == PROFILES


def test_a_live_run_needs_a_key() -> None:
    assert "--no-auth" in refusal({})
    assert "CUSTOMERS_CONFORMANCE_KEY" in refusal({"CUSTOMERS_CONFORMANCE_KEY": ""})


def test_a_plan_needs_no_key() -> None:
    assert read({}, plan=True).key is None


def test_without_authentication_no_credentials_are_read() -> None:
    settings = read({**KEY, "VK": "sk-bf-1"}, no_auth=True, virtual_key_env="VK", header=("X-One: a",))
    assert (settings.key, settings.virtual_key) == (None, None)
    assert settings.headers == (("X-One", "a"),)


def test_the_key_comes_from_another_variable() -> None:
    assert read({**KEY, "OTHER": "other-key"}, key_env="OTHER").key == "other-key"
    assert "'OTHER' is not set" in refusal(key_env="OTHER")
    assert "'OTHER' is empty" in refusal({"OTHER": ""}, key_env="OTHER")


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_key_comes_from_a_file(tmp_path: Path, end: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(f"key-of-file{end}".encode())
    assert read(key_file=str(file)).key == "key-of-file"


@pytest.mark.parametrize("content", [b"", b"\n", b"canary\ncanary\n", b"canary\n\n", b"canary " * 20_000])
def test_a_key_file_without_one_key_is_refused_and_not_repeated(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    assert "canary" not in refusal(key_file=str(file))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_that_ends_in_a_newline_is_told_so_and_not_repeated(end: str) -> None:
    said = refusal({"CUSTOMERS_CONFORMANCE_KEY": f"canary{end}"})
    assert said.startswith("the environment variable 'CUSTOMERS_CONFORMANCE_KEY' ends in a line's end; allowed is ")
    assert "'OTHER' ends in a line's end" in refusal({"OTHER": f"canary{end}"}, key_env="OTHER")
    assert "'VK' ends in a line's end" in refusal({**KEY, "VK": f"canary{end}"}, virtual_key_env="VK")
    assert "canary" not in said


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer "])
def test_a_key_with_its_scheme_is_told_so_and_not_repeated(tmp_path: Path, scheme: str) -> None:
    file = tmp_path / "key"
    file.write_text(f"{scheme}canary\n")
    for said in (refusal({"CUSTOMERS_CONFORMANCE_KEY": f"{scheme}canary"}), refusal(key_file=str(file))):
        assert said.startswith("the key begins with 'Bearer '; allowed is the key alone")
        assert "canary" not in said


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "absent" in refusal(key_file=str(tmp_path / "absent"))
    assert "cannot be read" in refusal(key_file="a\0b")


def test_one_source_of_the_key_is_enough(tmp_path: Path) -> None:
    assert "both" in refusal(key_env="CUSTOMERS_CONFORMANCE_KEY", key_file=str(tmp_path))


@pytest.mark.parametrize("name", ["Authorization", "cookie", "X-API-Key", "x-bf-vk", "bad name", ""])
def test_a_header_that_may_not_be_added_is_refused(name: str) -> None:
    assert "canary" not in refusal(header=(f"{name}: canary",))


@pytest.mark.parametrize(
    "values, named",
    [
        ({"header": ("canary",)}, "'Name: value'"),
        ({"header_env": ("X-One",)}, "Name=VARIABLE"),
        ({"header_env": ("X-One=ABSENT",)}, "ABSENT"),
        ({"header": ("X-One: canary\x00",)}, "X-One"),
    ],
)
def test_a_header_without_a_value_is_refused(values: dict[str, object], named: str) -> None:
    said = refusal(KEY, **values)
    assert named in said
    assert "canary" not in said


def test_certificates_are_read_before_anything_is_sent(tmp_path: Path) -> None:
    assert read(ca_bundle=certifi.where()).ca_bundle == Path(certifi.where())
    assert "--ca-bundle" in refusal(ca_bundle=str(tmp_path / "absent"))


def test_the_url_is_checked() -> None:
    with pytest.raises(UsageError):
        reading.settings({}, url="http://user:password@host", environment=KEY)


def test_recorded_traffic_needs_no_key() -> None:
    settings = reading.settings({"key_placeholder": "XXX"}, har="some.har", environment={})
    assert (settings.har, settings.key_placeholder, settings.url) == (Path("some.har"), "XXX", None)


CATALOGUE = (
    Requirement("CUST-A-001", "Is one", Level.MUST, "core", "one", "page"),
    Requirement("CUST-A-002", "Is two", Level.MUST, "core", "two", "page", pending=True),
    Requirement("CUST-A-003", "Is three", Level.MUST, "intrusive", "three", "page"),
)


def test_selection_is_by_profile_and_by_id() -> None:
    assert [each.id for each in selected(CATALOGUE, Settings(profiles=("core",)))] == ["CUST-A-001"]
    assert [each.id for each in selected(CATALOGUE, Settings(profiles=PROFILES, only=("CUST-A-003",)))] == [
        "CUST-A-003"
    ]


@pytest.mark.parametrize(
    "only, profiles, said",
    [
        ("CUST-XXX-999", PROFILES, "no requirement 'CUST-XXX-999'; the nearest: CUST-A-00"),
        ("CUST-A-002", PROFILES, "not judged yet; the nearest that are: CUST-A-003, CUST-A-001; "),
        ("CUST-A-003", ("core",), "nothing is selected"),
        ("", ("http",), "nothing is selected"),
    ],
)
def test_what_cannot_be_selected_is_told(only: str, profiles: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        selected(CATALOGUE, Settings(profiles=profiles, only=(only,) if only else ()))
    assert said in str(caught.value)


def test_an_unknown_id_is_told_the_three_nearest_and_what_lists_all() -> None:
    with pytest.raises(UsageError) as caught:
        selected(contract.load().requirements, Settings(only=("cust-rel-0001",)))
    said = str(caught.value)
    assert said.startswith("--only: there is no requirement 'cust-rel-0001'; the nearest: CUST-REL-001, ")
    assert said.count("CUST-") == 3
    assert said.endswith("; `customers-conformance requirements` lists all")
