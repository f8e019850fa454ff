"""Compressed logs: unpacked into an unnamed temporary file, as far as they are whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from io import BytesIO
from typing import IO, Any, BinaryIO

from rtdebug.errors import UnreadableError

_CHUNK = 1 << 18
_DAMAGE = ("error", "LZMAError", "ZstdError")
MOST = 8 << 30
"""The most bytes that are unpacked; a small file can hold more than a disk."""


def unpacked(name: str, stream: BinaryIO) -> BinaryIO:
    """The bytes that are packed in ``stream``, at their start and seekable; the stream itself where
    nothing is, or nothing can be got out. What is torn off in its middle (a log that is still
    written) is read up to there.

    Raises UnreadableError for what is damaged behind its beginning, or holds more than ``MOST``.
    """
    head = stream.read(6)
    stream.seek(0)
    opener = next((one for start, one in _OPENERS.items() if head.startswith(start)), None)
    if opener is None:
        return stream
    import tempfile

    copy: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the reading
    try:
        with opener(name, stream) as packed:
            _copy(name, packed, copy)
    except UnreadableError:
        copy.close()
        stream.close()
        raise
    used, other = (copy, stream) if copy.tell() else (stream, copy)
    other.close()
    used.seek(0)
    return used  # type: ignore[return-value]


def _copy(name: str, packed: Any, copy: IO[bytes]) -> None:
    try:
        while block := packed.read(_CHUNK):
            copy.write(block)
            if copy.tell() > MOST:
                raise UnreadableError(
                    f"{name}: it unpacks to more than {MOST >> 30} GB",
                    "unpack it, and name the part that matters",
                )
    except EOFError:
        return
    except UnreadableError:
        raise
    except Exception as error:  # OSError, and those of zlib, lzma and zstd, without a common base
        if not (isinstance(error, OSError) or type(error).__name__ in _DAMAGE):
            raise
        if copy.tell():
            raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> UnreadableError:
    return UnreadableError(f"{name}: it cannot be unpacked: {error}", "make or copy it anew")


def _gzip(name: str, stream: BinaryIO) -> Any:
    import gzip

    return gzip.GzipFile(fileobj=stream)


def _bzip2(name: str, stream: BinaryIO) -> Any:
    import bz2

    return bz2.BZ2File(stream)


def _xz(name: str, stream: BinaryIO) -> Any:
    import lzma

    return lzma.LZMAFile(stream)


def _zstd(name: str, stream: BinaryIO) -> Any:
    from importlib import import_module

    for module in ("compression.zstd", "backports.zstd"):  # of Python 3.14; the same for others
        try:
            return import_module(module).ZstdFile(stream)
        except ImportError:
            continue
    return nullcontext(BytesIO())  # nothing can be got out


_OPENERS: dict[bytes, Callable[[str, BinaryIO], Any]] = {
    b"\x1f\x8b": _gzip,
    b"BZh": _bzip2,
    b"\xfd7zXZ\0": _xz,
    b"\x28\xb5\x2f\xfd": _zstd,
}
