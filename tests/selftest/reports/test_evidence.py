"""How an exchange, and the part of a body around a place, are shown."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import replace

import pytest
from tests.selftest import runs

from customers_conformance import placeholders
from customers_conformance.model import Body, Credential, Framing, Probe
from customers_conformance.reports.html import excerpt
from customers_conformance.reports.html.excerpt import Excerpts, Line, Wrong
from customers_conformance.reports.telling.messages import CARRIED, FIELDS_SHOWN, command, conversation
from customers_conformance.sending.credentials import Credentials, unknown_token
from customers_conformance.sending.origin import parse_url
from customers_conformance.sending.request import Composer


def body(content: bytes) -> Body:
    return Body(content, digest=str(hash(content)))


def shown(value: object, pointer: str) -> list[str]:
    """The lines of an excerpt, the marked one with an arrow."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    found = Excerpts().around(body(content), pointer)
    assert found is not None
    return [found.path, *(("> " if line.marked else "") + line.text for line in found.lines)]


def test_a_plain_value_is_shown_among_its_neighbours() -> None:
    assert shown(runs.CUSTOMERS, "/customers/0/teams/0/profile") == [
        "/customers/0/teams/0",
        "{",
        '  "id": "team-1",',
        '  "name": "Platform",',
        '>   "profile": null,',
        '  "config": {},',
        '  "claims": {}',
        "}",
    ]


def test_a_container_is_shown_with_what_it_holds_told_by_number() -> None:
    assert shown({"a/b~": [{"x": 1}, [], [1, 2]]}, "/a~1b~0") == [
        "/a~1b~0",
        "> [",
        "  { … 1 member },",
        "  [],",
        "  [ … 2 items ]",
        "]",
    ]


def test_the_neighbours_of_a_long_list_are_few() -> None:
    rows = shown(list(range(1000)), "/500")
    assert rows[1:3] == ["[", "  … 492 items before"]
    assert "> " + "  500," in rows
    assert rows[-2:] == ["  … 491 items more", "]"]


def test_numbers_are_shown_as_they_are_written_and_repeated_members_all() -> None:
    assert shown(b'{"a": 1e400, "a": 4.0, "b": NaN}', "/a") == [
        "",
        "{",
        '  "a": 1e400,',
        '>   "a": 4.0,',
        '  "b": NaN',
        "}",
    ]


def test_a_long_text_is_cut_within_its_quotes() -> None:
    (row,) = [row for row in shown({"a": "x" * 1000}, "/a") if row.startswith(">")]
    assert row.endswith("xxx…")
    assert len(row) < 200


@pytest.mark.parametrize("pointer", ["", "/nowhere", "/a/x", "/a/9", "/a/99999999999", "/b/c"])
def test_a_place_that_is_not_there_shows_the_beginning(pointer: str) -> None:
    assert shown({"a": [1], "b": "text"}, pointer) == ["", "{", '  "a": [ … 1 item ],', '  "b": "text"', "}"]


@pytest.mark.parametrize(
    "content", [b"<html>\r\n<b>\x1b\xff", b"\xff" * 9999, b"[" * 200_000, b"\n" * 5000, b"12", b"null"]
)
def test_a_body_that_is_no_list_or_object_shows_its_beginning_as_text(content: bytes) -> None:
    rows = shown(content, "/a")
    assert 2 <= len(rows) <= 2 * excerpt.LINES_AROUND + 2
    assert sum(map(len, rows)) <= excerpt.RAW_LIMIT + len(rows)
    assert not any("\x1b" in row or "\r" in row for row in rows)


def test_no_body_gives_no_excerpt() -> None:
    assert Excerpts().around(Body(), "/a") is None


def test_a_body_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "PARSED_LIMIT", 10)
    assert shown(b'{"a": 1234567890}', "/a") == ["", '{"a": 1234567890}']


def test_a_body_of_too_many_values_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excerpt, "VALUES_LIMIT", 2)
    assert shown(b'{"a": [1]}', "/a/0") == ["/a", "[", ">   1", "]"]
    assert shown(b'{"a": [1, 2]}', "/a/0") == ["", '{"a": [1, 2]}']


def test_all_that_is_wrong_in_an_object_is_marked_however_far_apart() -> None:
    content = b'{"o": {' + b", ".join(b'"m%d": %d' % (one, one) for one in range(12)) + b"}}"
    wrong = (Wrong("/o/m0"), Wrong("/o/m2"), Wrong("/o/m8"), Wrong("/o", "id"), Wrong("/other/m5"), Wrong("/o/none"))
    found = Excerpts(1).around(body(content), "/o/m0", wrong)
    assert found is not None
    assert [("> " if line.marked else "  ") + line.text.strip() for line in found.lines] == [
        "  {",
        '> "m0": 0,',
        '  "m1": 1,',
        '> "m2": 2,',
        "  \u2026 5 members",
        '> "m8": 8,',
        "  \u2026 3 members more",
        "> (no id)",
        "  }",
    ]
    assert found.shows == set(wrong[:4])


def test_an_object_that_lacks_a_member_is_not_marked_itself() -> None:
    found = Excerpts().around(body(b'{"o": {}}'), "/o", (Wrong("/o", "id\n"),))
    assert found is not None
    assert found.lines == (Line("{"), Line(r"  (no id\n)", marked=True), Line("}"))


def test_a_body_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    excerpts = Excerpts()
    first = excerpts.around(body(b"[1]"), "/0")
    monkeypatch.setattr(excerpt, "_read", lambda _: pytest.fail("it was read again"))
    assert excerpts.around(body(b"[1]"), "/0") == first
    assert first is not None
    assert Line("  1", marked=True) in first.lines


def test_a_conversation_tells_request_and_answer() -> None:
    talk = conversation(runs.exchange(1, "from-memory"))
    assert (talk.asked, talk.carried) == ("GET /api/governance/customers?from_memory=true", "with the key")
    assert (talk.index, talk.came) == (1, "200 OK")
    assert talk.request.start == "GET /api/governance/customers?from_memory=true HTTP/1.1"
    assert ("Authorization", "Bearer <key>") in talk.request.fields
    assert talk.answer is not None
    assert talk.answer.start == "HTTP/1.1 200 OK"
    assert talk.answer.notes[0].startswith("body: ")


def test_a_conversation_without_an_answer_says_why() -> None:
    talk = conversation(replace(runs.exchange(0, ""), response=None, error="It was refused.\n"))
    assert (talk.answer, talk.error, talk.came) == (None, r"It was refused.\n", "no answer")


def test_all_credentials_are_told_in_words() -> None:
    assert set(CARRIED) == set(Credential)
    assert len(set(CARRIED.values())) == len(Credential)


def test_what_was_wrong_on_the_wire_is_noted() -> None:
    exchange = runs.exchange(0, body=b"x")
    assert exchange.response is not None
    response = replace(
        exchange.response,
        headers=(("X", "y"),) * 100,
        body=replace(exchange.response.body, cut="It was cut.", digest=""),
        framing=Framing("A chunk is broken.", 3),
    )
    answer = conversation(replace(exchange, response=response)).answer
    assert answer is not None
    assert answer.notes == ("body: 1 byte", "It was cut.", "A chunk is broken.", "3 bytes after the end of the answer")
    assert len(answer.fields) == FIELDS_SHOWN + 1
    bare = conversation(replace(exchange, response=replace(response, body=Body(), framing=None))).answer
    assert bare is not None
    assert bare.notes == ()


def test_the_command_asks_the_same_again() -> None:
    request = replace(runs.exchange(1).request, headers=(("Host", "h"), ("X", "it's"), ("Y", "")))
    start = "curl --include --globoff --path-as-is "
    url = f"'{runs.URL}?from_memory=true'"
    assert command(request) == f"{start}--header 'X: it'\"'\"'s' --header 'Y;' {url}"
    assert command(replace(request, method="HEAD", headers=())) == f"{start}--head {url}"
    assert command(replace(request, method="OPTIONS", headers=())) == f"{start}--request OPTIONS {url}"


def test_a_url_that_has_its_query_already_does_not_get_it_twice() -> None:
    request = replace(runs.exchange(1).request, url=f"{runs.URL}?from_memory=true", headers=())
    assert command(request).count("from_memory") == 1


def test_what_would_not_show_as_it_is_makes_no_command() -> None:
    assert command(replace(runs.exchange(0).request, headers=(("X", "\x1b"),))) == ""


def test_an_address_that_is_none_is_shown_as_it_is() -> None:
    start = conversation(
        replace(runs.exchange(0), request=replace(runs.exchange(0).request, url="http://[x/"))
    ).request.start
    assert start == "GET http://[x/ HTTP/1.1"


CREDENTIALS = Credentials(
    key="ca'nary_$HOME`key`9",
    unknown=unknown_token("1"),
    virtual_key="sk-bf-1",
    session="s-1",
    headers=(("X-Added", "added value"),),
)
COMPOSER = Composer(parse_url("https://gateway.example"), CREDENTIALS)
IN_THE_SHELL = {
    "CUSTOMERS_CONFORMANCE_KEY": CREDENTIALS.key or "",
    "VIRTUAL_KEY": "sk-bf-1",
    "SESSION_TOKEN": "s-1",
    "ADDED_HEADER": "added value",
}


def _typed(line: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What a shell makes of a command: its words, one a line."""
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{line}"
    return subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "kind",
    sorted(
        set(placeholders.HEADERS)
        - {Credential.BASIC_USER, Credential.BASIC_PASSWORD, Credential.CHANGED_EARLY, Credential.CHANGED_LATE}
        - {Credential.CASE_CHANGED}
    ),
)
def test_a_shell_puts_the_credentials_into_the_command_as_they_were_sent(kind: Credential) -> None:
    probe = Probe("one", credential=kind)
    line = command(COMPOSER.shown(probe))
    done = _typed(line, IN_THE_SHELL)
    assert done.stderr == ""
    for name, value in COMPOSER.wired(probe).headers.raw:
        text = f"{name.decode()}: {value.decode()}"
        assert (text in done.stdout.splitlines()) == (name.lower() not in {b"host", b"connection"}), text
    assert "ca'nary" not in line


@pytest.mark.parametrize(
    "kind, user",
    [(Credential.BASIC_USER, f"{CREDENTIALS.key}:"), (Credential.BASIC_PASSWORD, f"user:{CREDENTIALS.key}")],
)
def test_a_shell_gives_the_key_to_curl_as_user_or_as_password(kind: Credential, user: str) -> None:
    line = command(COMPOSER.shown(Probe("one", credential=kind)))
    assert f"--user\n{user}\n" in _typed(line, IN_THE_SHELL).stdout
    assert "Authorization" not in line
    sent = COMPOSER.wired(Probe("one", credential=kind)).headers["authorization"]
    assert base64.b64decode(sent.partition(" ")[2]).decode() == user


def test_the_key_in_a_query_is_read_from_the_variable_and_escaped() -> None:
    probe = Probe("one", query=(("access_token", "<key>"),), credential=Credential.QUERY)
    line = command(COMPOSER.shown(probe))
    shown = _typed(line, IN_THE_SHELL).stdout
    assert (
        f"--get\n--data-urlencode\naccess_token={CREDENTIALS.key}\n{runs.URL.replace('staging', 'gateway')}\n" in shown
    )


@pytest.mark.parametrize("kind", [Credential.CASE_CHANGED, Credential.VIRTUAL_KEY, Credential.SESSION])
def test_a_shell_without_the_credentials_says_what_to_set_and_asks_nothing(kind: Credential) -> None:
    line = command(COMPOSER.shown(Probe("one", credential=kind)))
    done = _typed(line, {})
    assert done.returncode != 0
    assert done.stdout == ""
    assert "set it to a " in done.stderr
