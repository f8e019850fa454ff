"""A throw-away certificate authority, for apps whose library insists on ``wss:``."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rtdebug.errors import UsageError

_NAMES = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class LocalAuthority:
    """A TLS context to listen with and the files an app needs to trust it.

    ``ca_file`` holds the new authority alone, ``bundle`` that one and the system's. Both are in
    ``folder``, which :meth:`remove` takes away again; the private keys never touch the disk for
    longer than it takes to load them.
    """

    context: ssl.SSLContext
    folder: Path
    ca_file: Path
    bundle: Path

    @property
    def exports(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the environment variables that make an app trust it."""
        return (
            ("NODE_EXTRA_CA_CERTS", str(self.ca_file)),
            ("SSL_CERT_FILE", str(self.bundle)),
        )

    def remove(self) -> None:
        """Delete the files."""
        for file in (self.ca_file, self.bundle):
            file.unlink(missing_ok=True)
        self.folder.rmdir()


def make_authority(hosts: Iterable[str] = ()) -> LocalAuthority:
    """A new authority with a certificate for this machine's loopback names and ``hosts``.

    Raises UsageError when the library that makes certificates is not installed.
    """
    try:
        import trustme
    except ImportError:
        raise UsageError(
            "TLS to the app needs the package trustme, which is not installed",
            "pip install 'rtdebug[tls]'",
        ) from None
    authority = trustme.CA(organization_name="rtdebug, valid for one run")
    certificate = authority.issue_cert(*dict.fromkeys((*_NAMES, *hosts)))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    certificate.configure_cert(context)
    folder = Path(tempfile.mkdtemp(prefix="rtdebug-ca-"))  # readable by its owner only
    pem = authority.cert_pem.bytes()
    ca_file = _written(folder / "ca.pem", pem)
    bundle = _written(folder / "bundle.pem", pem + _system_authorities())
    return LocalAuthority(context, folder, ca_file, bundle)


def _written(path: Path, data: bytes) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return path


def _system_authorities() -> bytes:
    """SSL_CERT_FILE replaces what OpenSSL trusts, so the bundle has to hold that as well."""
    found = ssl.get_default_verify_paths().cafile
    try:
        return b"\n" + Path(found).read_bytes() if found else b""
    except OSError:
        return b""
