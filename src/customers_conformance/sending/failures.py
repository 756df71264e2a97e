"""Why there is no answer, as one line for people: without a secret, and without names of libraries."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore

from customers_conformance.sending.receiving.tape import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRUST = "--ca-bundle names a file of trusted ones"

#: What OpenSSL's verification says, by its code (X509_V_ERR_…).
_CERTIFICATES = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: f"the certificate is self-signed and not trusted ({_TRUST})",
    19: f"the certificate's chain ends in one that is not trusted ({_TRUST})",
    20: f"the certificate's issuer is not trusted ({_TRUST})",
    21: f"the certificate's issuer is not trusted ({_TRUST})",
    62: "the certificate is for another host",
    64: "the certificate is for another address",
}

#: What OpenSSL says where the other side does not speak TLS at all.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer, as a line for people, and whether asking again may bring one."""

    says: str
    passing: bool = False


def is_passing(problem: BaseException, *, received: bool) -> bool:
    """Whether the network may have been at fault, and not what came over it: no connection, or one that broke off."""
    if isinstance(problem, httpcore.RemoteProtocolError):
        return not received
    return isinstance(problem, (httpcore.NetworkError, httpcore.TimeoutException, OSError))


def explain(problem: BaseException, place: str, *, connected: bool, received: bool) -> str:
    """The sentence for what went wrong.

    ``place`` is host and port of the connection; ``connected`` tells whether there was one, ``received`` whether
    anything came over it.
    """
    if isinstance(problem, NoAnswerError):
        return str(problem)
    if isinstance(problem, httpcore.ProxyError):
        # Its text begins with the status; the rest is the proxy's.
        return f"the proxy refused to connect, with status {str(problem)[:3]}"
    if isinstance(problem, httpcore.LocalProtocolError):
        return "the request cannot be sent: it holds what HTTP does not allow"
    tls = next((cause for cause in _causes(problem) if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return _tls(tls)
    return _broken_off(problem, received=received) if connected else _connecting(problem, place)


def _broken_off(problem: BaseException, *, received: bool) -> str:
    if isinstance(problem, httpcore.ConnectError):
        return "TLS: the connection was closed during the handshake"
    if isinstance(problem, httpcore.RemoteProtocolError):
        return "what came is no answer of HTTP/1.1" if received else "the connection was closed without an answer"
    if isinstance(problem, (httpcore.NetworkError, OSError)):
        return "the connection was reset before the answer ended"
    return f"the exchange failed ({type(problem).__name__})"


def _causes(problem: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    cause: BaseException | None = problem
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _tls(problem: ssl.SSLError) -> str:
    if isinstance(problem, ssl.SSLCertVerificationError):
        told = f"the certificate is not trusted ({problem.verify_message})"
        return f"TLS: {_CERTIFICATES.get(problem.verify_code, told)}"
    # An error that OpenSSL did not raise itself has no reason.
    reason = getattr(problem, "reason", None) or ""
    if reason in _NO_TLS:
        return "TLS: the server does not speak TLS (is it http?)"
    if isinstance(problem, ssl.SSLEOFError) or not reason:
        return "TLS: the connection was closed during the handshake"
    return f"TLS: {reason.lower().replace('_', ' ')}"


def _connecting(problem: BaseException, place: str) -> str:
    for cause in _causes(problem):
        if isinstance(cause, ConnectionRefusedError):
            return f"connection refused by {place}"
        if isinstance(cause, OSError) and cause.errno is not None:
            return f"no connection to {place}: {os.strerror(cause.errno).lower()}"
    return f"no connection to {place}"
