"""TLS: the context to connect with, and what a failed TLS handshake means."""

from __future__ import annotations

import ssl
from pathlib import Path

from rtdebug.errors import UnreadableError

_PEM = b"-----BEGIN CERTIFICATE-----"

# OpenSSL's X509_V_ERR_* numbers, from its x509_vfy.h.
_UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21, 24, 27, 79})
_NOT_YET_VALID = 9
_EXPIRED = 10
_WRONG_NAME = frozenset({62, 64})

# How OpenSSL words that the first bytes back were no TLS record.
_NOT_TLS = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
    "RECORD_LAYER_FAILURE",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
)


def client_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """A context that verifies the server; ``ca_file`` adds authorities to the system's own.

    Raises UnreadableError when the file cannot be read or holds no certificate in PEM form.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        _add_authorities(context, ca_file)
    return context


def _add_authorities(context: ssl.SSLContext, ca_file: Path) -> None:
    try:
        data = ca_file.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"{ca_file}: expected a file of certificates, but it cannot be read: {error.strerror}",
            "check the path given with --ca-file",
        ) from None
    if _PEM not in data:
        raise UnreadableError(
            f"{ca_file}: expected certificates in PEM form ({_PEM.decode()}), found {_kind(data)}",
            "convert a DER certificate with: openssl x509 -inform der -in FILE -out FILE.pem",
        )
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError as error:
        why = _words(error.reason or "unknown reason")
        raise UnreadableError(
            f"{ca_file}: expected certificates in PEM form, but one in it is damaged ({why})",
            "export the authority's certificate again",
        ) from None


def _kind(data: bytes) -> str:
    if not data.strip():
        return "an empty file"
    if b"PRIVATE KEY-----" in data:
        return "a private key"
    return "a DER certificate" if data.startswith(b"\x30\x82") else "something else"


def explain(error: OSError, address: str, host: str) -> str:
    """What an error during the TLS handshake with ``address`` means, as one sentence."""
    tried = f"Started TLS with {address}, expected"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{tried} a certificate that proves {host}, but {_distrust(error, host)}."
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        if reason in _NOT_TLS:
            return (
                f"{tried} a TLS answer, but that port does not speak TLS; "
                f"use ws:// for a plain server, or the port of its TLS listener."
            )
        if "ALERT" in reason or "HANDSHAKE_FAILURE" in reason:
            return (
                f"{tried} an agreement, but the server refused it ({_words(reason)}); "
                f"check the host name, the TLS versions, and whether it wants a client certificate."
            )
    if isinstance(error, ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return (
            f"{tried} a TLS answer, but the connection was cut; if the port does not speak TLS "
            f"use ws://, else look for a firewall or proxy in between."
        )
    said = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return f"{tried} an agreement, but it failed ({_words(str(said))}); check host and port."


def _distrust(error: ssl.SSLCertVerificationError, host: str) -> str:
    code = error.verify_code
    said = error.verify_message.rstrip(".")
    if code in _WRONG_NAME:
        return f"it was issued for another name ({said}); use the name it was issued for"
    if code == _EXPIRED:
        return "it has expired; renew it on the server, or check this machine's clock"
    if code == _NOT_YET_VALID:
        return "it is not valid yet; check the clocks of this machine and of the server"
    if code in _UNKNOWN_AUTHORITY:
        return (
            f"no authority known here has signed it ({said}); if you trust the server, "
            f"name its authority with --ca-file FILE.pem"
        )
    return f"it cannot be trusted ({said}); check the certificate that {host} presents"


def _words(reason: str) -> str:
    return reason.replace("_", " ").lower()
