"""A statement signed, and a signature checked: DSSE with ed25519, by securesystemslib.

The library matches a signature with a key by ``keyid``, which DSSE calls a hint that nobody may rely on: others write
other ids, or none. Here every signature is tried under the one key that the user names.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import FormatError, VerificationError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey

from customers_conformance.model import KIBI, UsageError
from customers_conformance.proving.folder import handed_over

if TYPE_CHECKING:
    from pathlib import Path

PAYLOAD_TYPE = "application/vnd.in-toto+json"

#: A key's file has so many bytes at the most, and an envelope so many signatures.
LARGEST_KEY = 64 * KIBI
MOST_SIGNATURES = 16

_PRIVATE = "allowed is an ed25519 private key in PEM without a passphrase (openssl genpkey -algorithm ed25519)"
_PUBLIC = "allowed is an ed25519 public key in PEM (openssl pkey -in KEY -pubout)"


def signed(statement: dict[str, Any], key: Path) -> dict[str, Any]:
    """The statement in a DSSE envelope, as a value of JSON; ``key`` is the file of a private key.

    Raises ``UsageError`` for what is no such key; its contents are never shown.
    """
    try:
        private = load_pem_private_key(handed_over(key, LARGEST_KEY), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Of a passphrase the library complains by a TypeError.
        raise UsageError(f"--key {key}: it is no key that can be read; {_PRIVATE}") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(f"--key {key}: it is a key of another kind; {_PRIVATE}")
    envelope = Envelope(json.dumps(statement, ensure_ascii=False).encode(), PAYLOAD_TYPE, {})
    envelope.sign(CryptoSigner(private))
    value: dict[str, Any] = envelope.to_dict()
    return value


def public_key(key: Path) -> SSlibKey:
    """The public key in a file; raises ``UsageError`` for what is none."""
    try:
        public = load_pem_public_key(handed_over(key, LARGEST_KEY))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError(f"--public-key {key}: it is no key that can be read; {_PUBLIC}") from None
    if not isinstance(public, Ed25519PublicKey):
        raise UsageError(f"--public-key {key}: it is a key of another kind; {_PUBLIC}")
    return SSlibKey.from_crypto(public)


def opened_envelope(value: dict[str, Any]) -> Envelope:
    """A DSSE envelope from a value of JSON; raises ``UsageError`` for what is none."""
    signatures = value.get("signatures")
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MOST_SIGNATURES:
        raise UsageError(f"it has no list of 1 to {MOST_SIGNATURES} signatures; allowed is a DSSE envelope")
    # Ids are no more than hints, may be missing, and must not make one signature hide another.
    numbered = [
        {"sig": one["sig"], "keyid": str(number)}
        for number, one in enumerate(signatures)
        if isinstance(one, dict) and isinstance(one.get("sig"), str)
    ]
    try:
        envelope = Envelope.from_dict({**value, "signatures": numbered})
    except (KeyError, ValueError, TypeError, AttributeError, FormatError):
        raise UsageError("it lacks what a DSSE envelope has, or is no Base64; allowed is a DSSE envelope") from None
    if envelope.payload_type != PAYLOAD_TYPE:
        raise UsageError(f"its payload is of another type; allowed is {PAYLOAD_TYPE}")
    return envelope


def is_signed_by(envelope: Envelope, key: SSlibKey) -> bool:
    """Whether one of an envelope's signatures is the key's, whatever id it carries."""
    for signature in envelope.signatures.values():
        own = Signature(key.keyid, signature.signature)
        try:
            Envelope(envelope.payload, envelope.payload_type, {key.keyid: own}).verify([key], 1)
        except VerificationError:
            continue
        return True
    return False
