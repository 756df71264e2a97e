"""What masked values, secrets and a server's internals look like."""

from __future__ import annotations

import time

import pytest

from customers_conformance.contract import internals
from customers_conformance.contract import secrets as patterns


@pytest.mark.parametrize(
    "text",
    ["", "****", "sk-****abcd", "••••••", "xxxx1234", "XXXX", "[REDACTED]", "<Redacted>", "redacted", "env.OPENAI_KEY"],
)
def test_a_masked_value_is_told_as_the_requirements_say(text: str) -> None:
    assert patterns.is_masked(text)


@pytest.mark.parametrize(
    "text", ["***", "sk-live", "****" + "a" * 9, "env.", "env.two words", "⟦secret:1⟧", "⟦TEXT:1⟧"]
)
def test_any_other_value_is_not_masked(text: str) -> None:
    assert not patterns.is_masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "sk-bf-0a1b2c3d",
        "use sk-proj-abcdefghij0123456789 for it",
        "sk-ant-api03-abcdefghijklmnop",
        "AKIAIOSFODNN7EXAMPLE",
        "AIza" + "a1" * 18,
        "ghp_" + "a1" * 18,
        "github_pat_" + "a1" * 12,
        "xoxb-1234567890-abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
        '{"type":"service_account","private_key":"abcdefgh01"}',
        "Bearer abcdefghijklmnop01",
        "Basic dXNlcjpwYXNzd29yZDEyMw==",
        "postgres://user:hunter2@db/x",
        "⟦secret:1⟧",
        "⟦virtual-key:12⟧ and more",
        "⟦pem:3⟧",
    ],
)
def test_a_secret_is_told_by_its_shape(text: str) -> None:
    assert patterns.looks_secret(text)
    assert patterns.is_secret(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-bf-****",
        "risk-management-of-our-customers",
        "sk-****************",
        "Basic authentication is required",
        "Bearer credentialsaremissing",
        "https://host:443/path",
        "0f" * 32,
        "⟦text:1⟧",
        "https://user:****@host/",
    ],
)
def test_other_texts_are_not_shaped_like_a_secret(text: str) -> None:
    assert not patterns.looks_secret(text)


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "apiKey",
        "api_key",
        "token",
        "access-key",
        "privateKey",
        "clientSecret",
        "X-Api-Key",
        "credentials",
        "refresh_tokens",
        "APIKey",
        "jwt",
    ],
)
def test_a_name_can_say_that_a_secret_stands_there(name: str) -> None:
    assert patterns.secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "token_max_limit",
        "token_count",
        "total_tokens",
        "key_id",
        "max_tokens",
        "tokenType",
        "cost_per_token",
        "key",
        "name",
        "secret_id",
        "password_policy",
        "",
        "config_hash",
        "token_current_usage",
    ],
)
def test_a_name_that_counts_or_describes_says_no_secret(name: str) -> None:
    assert not patterns.secret_name(name)


def test_a_secret_is_told_by_a_name_only_where_the_value_is_no_plain_word() -> None:
    assert patterns.is_secret("hunter2", ["settings", "password"])
    assert not patterns.is_secret("hunter2", ["settings", "colour"])
    for value in ("required", "12345678", "two words1", "****1234", "abc1", "⟦text:1⟧"):
        assert not patterns.is_secret(value, ["password"])


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\\nMIIBszCCAVmg\\n-----END CERTIFICATE-----",
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIBszCC",
        "⟦pem:1⟧",
    ],
)
def test_a_pem_body_is_told(text: str) -> None:
    assert patterns.is_pem(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[REDACTED]",
        "MIIBszCCAVmg",
        "-----BEGIN CERTIFICATE-----\n[REDACTED]\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nxxxxxxxx\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----",
        "⟦text:1⟧",
    ],
)
def test_a_redacted_pem_shows_no_body(text: str) -> None:
    assert not patterns.is_pem(text)


@pytest.mark.parametrize(
    "name, text",
    [
        ("Go stack trace", "goroutine 17 [running]:\nmain.main()"),
        ("Python stack trace", 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in x'),
        ("Java stack trace", "at com.acme.Db.read(Db.java:42)"),
        ("Java stack trace", "java.lang.NullPointerException"),
        ("JavaScript stack trace", "at Object.<anonymous> (/srv/app/index.js:10:15)"),
        (".NET stack trace", r"at Acme.Db.Read() in C:\src\Db.cs:line 42"),
        ("Rust panic", "thread 'main' panicked at src/main.rs:4:5"),
        ("source path", "failed in handlers/customers.go:118"),
        ("SQL statement", "SELECT id, name FROM customers WHERE id = $1"),
        ("SQL statement", "insert into customers (id, name) values (1, 2)"),
        ("SQL statement", "UPDATE customers SET name = 'x'"),
        ("SQL statement", "delete from customers where id = 1"),
        ("SQL statement", "select id from customers where id = 1"),
        ("database error", 'pq: relation "customers" does not exist'),
        ("database error", "UNIQUE constraint failed: customers.id"),
        ("database error", "dial tcp 10.0.0.5:5432: connect: connection refused"),
        ("connection string", "cannot reach postgres://user:⟦secret:1⟧@db:5432/governance"),
        ("connection string", "Server=db;Database=x;User Id=sa;Password=pw"),
        ("connection string", "root:pw@tcp(127.0.0.1:3306)/db"),
    ],
)
def test_internals_are_found_and_named(name: str, text: str) -> None:
    found = internals.find_internals(f"error: {text}")

    assert found is not None
    assert found[0] == name
    assert found[1] in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "select a customer from the list",
        "Please select a customer from the list where you see it",
        "GET /api/governance/customers:80 failed",
        "see http://docs.example.rs:8080/help",
        "invalid value for from_memory: banana",
        "update the customer and set the name",
        "delete from the list",
        "missing or invalid API key",
        "at the moment (try later)",
        "the panic button: it was pressed",
    ],
)
def test_plain_sentences_are_no_internals(text: str) -> None:
    assert internals.find_internals(text) is None


@pytest.mark.parametrize(
    "unit",
    [
        "select from where ",
        "a/",
        "SELECT a ",
        "host=a ",
        "at a",
        "eyJaaaaaaaaa.",
        "sk-",
        "-----BEGIN A-----",
        "://a:",
        " ",
        "at a(",
    ],
)
def test_hostile_text_is_searched_in_linear_time(unit: str) -> None:
    text = unit * (internals.SCANNED // len(unit))
    started = time.process_time()

    internals.find_internals(text)
    patterns.looks_secret(text)
    patterns.is_pem(text)

    assert time.process_time() - started < 5
