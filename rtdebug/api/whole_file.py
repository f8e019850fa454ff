"""Writes a file whole or not at all, for its owner's eyes only, and never through a link.

It is written beside its place under another name, and moved there when it is whole: whoever
interrupts it leaves what was there before.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_OLD = os.O_WRONLY | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
_DEVICES = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))
# A file that is mounted by itself cannot be replaced, nor one in a folder of somebody else.
_IN_PLACE = (errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV)
_UNLINKABLE = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def is_link(path: Path) -> bool:
    """Whether it is a symbolic link to anything but a device."""
    return path.is_symlink() and path.parent not in _DEVICES


def write_new(path: Path, pieces: Iterable[bytes]) -> None:
    """Makes a file that was not there. Raises OSError."""
    part = _written_beside(path, pieces)
    try:
        _move_to_free_place(part, path)
    finally:
        with suppress(OSError):
            part.unlink()


def replace_whole(path: Path, data: bytes) -> None:
    """Makes a file, or puts it in the place of one that was there; a pipe or a device is written
    to. Raises OSError."""
    if _is_no_file(path):
        path.write_bytes(data)
        return
    try:
        part = _written_beside(path, (data,))
        try:
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        if error.errno not in _IN_PLACE or not path.is_file():
            raise
        with os.fdopen(os.open(path, _OLD), "wb") as file:
            file.write(data)


def _is_no_file(path: Path) -> bool:
    if path.parent in _DEVICES:
        return True
    try:
        return not stat.S_ISREG(path.lstat().st_mode) and not path.is_symlink()
    except OSError:
        return False


def _written_beside(path: Path, pieces: Iterable[bytes]) -> Path:
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    number = os.open(part, _NEW, 0o600)
    try:
        with os.fdopen(number, "wb") as file:
            file.writelines(pieces)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _move_to_free_place(part: Path, path: Path) -> None:
    """Without overwriting what has come there since."""
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _UNLINKABLE:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from None
        part.rename(path)
