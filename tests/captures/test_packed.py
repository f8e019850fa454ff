"""Compressed logs are read as what is in them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rtdebug.captures import packed
from rtdebug.captures.sources import Source, open_source
from rtdebug.errors import UnreadableError

TEXT = b"".join(b'{"type": "rate_limits.updated", "n": %d}\n' % number for number in range(60_000))
NOISE = random.Random(1).randbytes(2_000_000)
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
with_each = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)


def _read(path: Path) -> bytes:
    return _whole(path)


def _whole(source: Source) -> bytes:
    _, stream = open_source(source)
    with stream:
        return stream.read()


@with_each
def test_what_is_packed_is_read_from_a_file_and_a_pipe(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_bytes(pack(TEXT))
    assert _read(path) == TEXT
    assert _whole(io.BytesIO(pack(TEXT))) == TEXT


@with_each
def test_what_is_torn_is_read_up_to_there(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "log"
    whole = pack(TEXT)
    path.write_bytes(whole[: len(whole) * 9 // 10])
    assert TEXT.startswith(_read(path))
    path.write_bytes(whole[:7])
    assert _read(path) == whole[:7]


@with_each
def test_what_is_damaged_is_said_to_be(
    pack: Callable[[bytes], bytes], tmp_path: Path, read_one: Any
) -> None:
    path = tmp_path / "log"
    whole = bytearray(pack(NOISE))
    for at in range(len(whole) - 60, len(whole) - 20):
        whole[at] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(UnreadableError, match="cannot be unpacked"):
        _read(path)
    for at in range(12, 60):
        whole[at] ^= 0xFF
    (note,) = read_one(bytes(whole)).reading.notes
    assert "it is damaged or torn" in note


def test_more_than_may_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST", 1000)
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress(TEXT))
    with pytest.raises(UnreadableError, match="unpacks to more than"):
        _read(path)


def test_zstandard_is_named_where_nothing_can_be_got_out(read_one: Any) -> None:
    (note,) = read_one(b"\x28\xb5\x2f\xfd" + bytes(20)).reading.notes
    assert "Zstandard" in note
    assert "zstd -dc" in note
