"""A certificate is given to a whole, live, conformant run alone, and holds for that folder, that key and that time."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.selftest.proving import folders
from tests.selftest.proving.folders import conformant, cover, edit, live, recorded

from customers_conformance.command import cli
from customers_conformance.model import Flaky, Outcome, UsageError, Verdict
from customers_conformance.proving import statement as statements
from customers_conformance.proving import verifying
from customers_conformance.proving.certifying import NotCertified, certified, checked
from customers_conformance.proving.verifying import verified
from customers_conformance.running.folder import CERTIFICATE
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def pair(place: Path, name: str = "key") -> tuple[Path, Path]:
    """A key pair in two files."""
    private = ed25519.Ed25519PrivateKey.generate()
    secret, public = place / f"{name}.pem", place / f"{name}.pub"
    secret.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return secret, public


def told(folder: Path, certificate: Path, public: Path | None = None, now: datetime | None = None) -> list[str]:
    return [str(each) for each in checked(folder, certificate, public, now).differences]


def statement_of(certificate: Path) -> Any:
    value = json.loads(certificate.read_text("utf-8"))
    return json.loads(base64.b64decode(value["payload"])) if "payload" in value else value


def test_a_conformant_run_is_certified_and_its_statement_names_what_it_is_of(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    place = certified(folder, None)
    assert place == folder / CERTIFICATE
    said = statement_of(place)
    assert (said["_type"], said["predicateType"]) == (
        "https://in-toto.io/Statement/v1",
        "urn:customers-conformance:certificate:1",
    )
    assert [each["name"] for each in said["subject"]] == ["report.json", "evidence.har", "openapi/customers.yaml"]
    for each in said["subject"][:2]:
        digest = folders.digest_of(folder / each["name"])
        assert each["digest"] == {"sha256": digest}
    predicate = said["predicate"]
    assert predicate["outcome"] == "conformant"
    assert predicate["profiles"] == ["core"]
    assert predicate["seen"]["ledger"]["requests"] >= predicate["seen"]["exchanges"] > 10
    assert predicate["seen"]["coverage"]["Customer.id"] > 0
    started = datetime.fromisoformat(predicate["run"]["started"])
    assert datetime.fromisoformat(predicate["expires"]) == (started + timedelta(days=365)).replace(microsecond=0)
    found = checked(folder, place, None)
    assert found.differences == ()
    assert found.notes == ("The certificate is not signed: it vouches for nothing that `verify` does not say.",)
    assert verified(folder).differences == ()


def test_a_signed_certificate_holds_under_its_key_alone(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    secret, public = pair(tmp_path)
    _, other = pair(tmp_path, "other")
    place = certified(folder, secret)
    assert json.loads(place.read_text())["payloadType"] == "application/vnd.in-toto+json"
    found = checked(folder, place, public)
    assert found.differences == ()
    assert "is signed by the key of" in found.notes[-1]
    assert told(folder, place, other) == [
        "certificate.json: it is not signed by the key of other.pub: another key signed it, or it was changed since"
    ]
    with pytest.raises(UsageError, match="name the file of the public key"):
        checked(folder, place, None)


@pytest.mark.parametrize("keyid", ["", "another", None])
def test_the_id_that_a_signature_gives_its_key_decides_nothing(keyid: str | None, tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    secret, public = pair(tmp_path)
    _, other = pair(tmp_path, "other")
    place = certified(folder, secret)

    def rename(value: Any) -> None:
        (signature,) = value["signatures"]
        foreign = {"keyid": signature.pop("keyid"), "sig": base64.b64encode(b"x" * 64).decode()}
        if keyid is not None:
            signature["keyid"] = keyid
        value["signatures"].insert(0, foreign)

    edit(folder, rename, CERTIFICATE)
    assert told(folder, place, public) == []
    assert len(told(folder, place, other)) == 1


def test_a_payload_that_was_changed_is_told_by_the_signature(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    secret, public = pair(tmp_path)
    place = certified(folder, secret)
    said = statement_of(place)
    said["predicate"]["target"]["server"] = "better"
    payload = base64.b64encode(json.dumps(said).encode()).decode()
    edit(folder, lambda value: value.update(payload=payload), CERTIFICATE)
    found = told(folder, place, public)
    assert found[0].startswith("certificate.json: it is not signed by the key of key.pub")
    assert found[1].startswith("certificate.json /predicate/target/server: it says better; the folder gives ")


def test_a_certificate_expires_and_cannot_be_made_to_last_longer(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    place = certified(folder, None)
    until = datetime.fromisoformat(statement_of(place)["predicate"]["expires"])
    assert told(folder, place, now=until) == []
    (found,) = told(folder, place, now=until + timedelta(seconds=1))
    assert found.startswith("certificate.json /predicate/expires: it expired at ")
    for longer in ("2999-01-01T00:00:00Z", "never", "2999-01-01T00:00:00", None):
        said = statement_of(place)
        said["predicate"]["expires"] = longer
        place.write_text(json.dumps(said))
        (found,) = told(folder, place, now=until)
        assert "a certificate of this run holds until" in found


def test_a_certificate_for_another_folder_is_told(tmp_path: Path) -> None:
    one = conformant(tmp_path / "one")
    secret, public = pair(tmp_path)
    certificate = certified(one, secret)
    other = tmp_path / "other"
    execute(Settings(har=one / "evidence.har", profiles=("core",), out=other))
    found = told(other, certificate, public)
    assert found[0].startswith("certificate.json /subject/0/digest/sha256: it is of another folder: it says ")
    assert any("this run cannot be certified: Recorded traffic was judged" in each for each in found)


def test_a_certificate_of_a_folder_that_was_changed_since_is_told(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    secret, public = pair(tmp_path)
    place = certified(folder, secret)
    edit(folder, lambda value: value["log"]["entries"].pop(), "evidence.har")
    cover(folder)
    found = told(folder, place, public)
    assert any(each.startswith("report.json /requirements/") for each in found)
    assert any(each.startswith("certificate.json /subject/1/digest/sha256: it is of another folder") for each in found)


def test_what_is_no_whole_live_conformant_run_is_refused_with_every_reason(tmp_path: Path) -> None:
    with pytest.raises(NotCertified) as refused:
        certified(recorded(tmp_path / "recorded"), None)
    assert "Recorded traffic was judged" in str(refused.value)
    assert "The outcome is nonconformant" in str(refused.value)
    with pytest.raises(NotCertified, match="The run is partial: only 7 requirements"):
        certified(live(tmp_path / "partial"), None)
    edited = conformant(tmp_path / "edited")
    (edited / "summary.md").write_text("conformant")
    with pytest.raises(NotCertified, match=r"The folder does not agree with its evidence: summary\.md: "):
        certified(edited, None)
    for folder in ("recorded", "partial", "edited"):
        assert not (tmp_path / folder / CERTIFICATE).exists()


def test_only_the_version_that_made_a_report_vouches_for_every_word_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = conformant(tmp_path / "run")
    monkeypatch.setattr(verifying, "_VERSION", "99.0")
    with pytest.raises(NotCertified, match="only that version can vouch for every word"):
        certified(folder, None)


def test_a_run_that_was_cut_short_mended_by_asking_again_or_waived_a_must_is_refused(tmp_path: Path) -> None:
    found = verified(conformant(tmp_path / "run")).run
    assert found is not None
    assert list(statements.hindrances(found)) == []
    cut = replace(found, complete=False)
    assert [each.partition(":")[0] for each in statements.hindrances(cut)] == ["The run was cut short"]
    flaky = Flaky("memory", 3, ("503",), mended=True)
    again = replace(found, flaky=(flaky, replace(flaky, mended=False)))
    assert list(statements.hindrances(again)) == [
        "Asking again mended what was met first: memory. Certified is a run without that."
    ]
    waived = replace(found.judgements[0], verdict=Verdict.WAIVED)
    one = replace(found, judgements=(waived,), outcome=Outcome.CONFORMANT_WITH_WAIVERS)
    reasons = list(statements.hindrances(one))
    assert reasons[0].startswith(f"A MUST is waived: {waived.requirement.id}.")
    assert reasons[1].startswith("The outcome is conformant_with_waivers")


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "line 1, column 1"),
        ("[]", "it holds no JSON object"),
        ('{"payload": ""}', "it has no list of 1 to 16 signatures"),
        ('{"payload": "", "signatures": []}', "it has no list of 1 to 16 signatures"),
        ('{"payload": "", "signatures": {}}', "it has no list of 1 to 16 signatures"),
        ('{"payload": "", "signatures": [{}]}', "lacks what a DSSE envelope has"),
        ('{"payload": 1, "payloadType": "x", "signatures": [{"sig": ""}]}', "lacks what a DSSE envelope has"),
        ('{"payload": "A", "payloadType": "x", "signatures": [{"sig": ""}]}', "lacks what a DSSE envelope has"),
        ('{"payload": "", "payloadType": "x", "signatures": [{"sig": "A"}]}', "lacks what a DSSE envelope has"),
        ('{"payload": "", "payloadType": "x", "signatures": [1, {"sig": ""}]}', "its payload is of another type"),
        ('{"payload": "", "payloadType": 1, "signatures": [{"sig": ""}]}', "its payload is of another type"),
        (
            '{"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": ""}]}',
            "line 1, column 1",
        ),
        (
            '{"payload": "W10=", "payloadType": "application/vnd.in-toto+json", "signatures": [{"sig": ""}]}',
            "it holds no JSON object",
        ),
    ],
)
def test_what_is_no_certificate_is_told(text: str, words: str, tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    _, public = pair(tmp_path)
    (tmp_path / "certificate.json").write_text(text)
    with pytest.raises(UsageError) as refused:
        checked(folder, tmp_path / "certificate.json", public)
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"--certificate {tmp_path}/certificate.json: ")


@pytest.mark.parametrize("text", ["{}", '{"predicate": 1, "subject": "x", "predicateType": null}'])
def test_a_statement_of_nothing_is_told(text: str, tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    (tmp_path / "certificate.json").write_text(text)
    assert any("/subject: it is of another folder" in each for each in told(folder, tmp_path / "certificate.json"))


def test_an_unsigned_certificate_is_told_where_a_key_is_named(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    _, public = pair(tmp_path)
    place = certified(folder, None)
    assert told(folder, place, public) == ["certificate.json: it is not signed, though a public key is named"]


def test_what_is_no_key_is_told_and_not_shown(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    secret, public = pair(tmp_path)
    private = ed25519.Ed25519PrivateKey.generate()
    locked, other, canary = tmp_path / "locked.pem", tmp_path / "other.pem", tmp_path / "canary.pem"
    locked.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")))
    curve = ec.generate_private_key(ec.SECP256R1())
    other.write_bytes(curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    canary.write_text("canary-key")
    for key, words in (
        (locked, "no key that can be read"),
        (canary, "no key that can be read"),
        (public, "no key that can be read"),
        (other, "a key of another kind"),
        (tmp_path / "nothing", "there is no such file"),
    ):
        with pytest.raises(UsageError, match=words) as refused:
            certified(folder, key)
        assert "canary-key" not in str(refused.value)
    place = certified(folder, secret)
    other.write_bytes(curve.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    for key, words in ((secret, "no key that can be read"), (other, "another kind"), (tmp_path, "no file")):
        with pytest.raises(UsageError, match=words):
            checked(folder, place, key)


def test_a_certificate_does_not_outlive_the_run(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    certified(folder, None)
    execute(Settings(har=folder / "evidence.har", out=folder))
    assert not (folder / CERTIFICATE).exists()


def test_the_commands_say_what_they_did_and_end_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = conformant(tmp_path / "run")
    secret, public = pair(tmp_path)
    assert cli.answer(["certify", str(folder)]) == 0
    assert "It is not signed; --key signs it." in capsys.readouterr().out
    assert cli.answer(["certify", str(folder), "--key", str(secret)]) == 0
    assert capsys.readouterr().out.startswith(f"{folder / CERTIFICATE}\ncertified: ")
    place = str(folder / CERTIFICATE)
    assert cli.answer(["verify", str(folder), "--certificate", place, "--public-key", str(public)]) == 0
    _, other = pair(tmp_path, "other")
    assert cli.answer(["verify", str(folder), "--certificate", place, "--public-key", str(other)]) == 1
    assert "it is not signed by the key of other.pub" in capsys.readouterr().out
    assert cli.answer(["verify", str(folder), "--public-key", str(public)]) == 2
    assert cli.answer(["verify", str(folder), "--certificate", place]) == 2
    assert cli.answer(["certify", str(recorded(tmp_path / "recorded"))]) == 1
    assert capsys.readouterr().out.splitlines()[-1].startswith("not certified: ")
    assert cli.answer(["certify", str(folder), "--key", str(public)]) == 2


def test_nobody_else_waits_for_the_library_that_signs() -> None:
    code = (
        "import sys; from customers_conformance.command import cli; cli.answer(['verify', 'nowhere']); "
        "assert not [name for name in sys.modules if name.startswith(('securesystemslib', 'cryptography'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_now_is_what_a_certificate_is_held_against(tmp_path: Path) -> None:
    folder = conformant(tmp_path / "run")
    assert told(folder, certified(folder, None), now=datetime.now(UTC)) == []
