"""Which certificates are trusted."""

from __future__ import annotations

import ssl

import certifi

from customers_conformance.model import UsageError


def ssl_context(ca_bundle: str | None) -> ssl.SSLContext:
    """What TLS connections trust: the system's certificates and certifi's, or those of the named file alone.

    Raises ``UsageError`` for a file that cannot be read. Not ``ssl.create_default_context``: that obeys SSLKEYLOGFILE,
    which would write what decrypts the key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_bundle is None:
        context.load_default_certs()
        context.load_verify_locations(cafile=certifi.where())
        return context
    try:
        context.load_verify_locations(cafile=ca_bundle)
    except (OSError, ValueError):
        # An SSLError (no certificate in the file) is an OSError too.
        raise UsageError(f"{ca_bundle!a} cannot be read as a file of certificates; allowed is PEM") from None
    return context
