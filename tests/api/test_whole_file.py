"""A file is there whole or not at all, for its owner only, and never behind a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from rtdebug.api.whole_file import is_link, replace_whole, write_new
from rtdebug.cli.output import parse_reports
from rtdebug.errors import UnreadableError


def cut_short() -> Iterator[bytes]:
    yield b"half of it"
    raise KeyboardInterrupt


def test_an_interrupted_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_new(tmp_path / "new.har", cut_short())
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_is_for_its_owner_only(tmp_path: Path) -> None:
    write_new(tmp_path / "new", [b"a", b"b"])
    replace_whole(tmp_path / "report", b"c")
    assert (tmp_path / "new").read_bytes() == b"ab"
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("there", ["file", "link", "dangling"])
def test_nothing_that_is_there_is_overwritten_by_a_new_file(tmp_path: Path, there: str) -> None:
    path = tmp_path / "there"
    if there == "file":
        path.write_text("precious")
    else:
        (tmp_path / "other").write_text("precious") if there == "link" else None
        path.symlink_to(tmp_path / "other")
    with pytest.raises(FileExistsError):
        write_new(path, [b"x"])
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        {"there", *(["other"] if there == "link" else [])}
    )
    assert there == "dangling" or path.read_text() == "precious"


def test_a_report_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("the one before, which was longer")
    replace_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    with pytest.raises(UnreadableError, match="symbolic link"):
        parse_reports([f"json={tmp_path / 'link'}"])
    replace_whole(tmp_path / "link", b"x")  # a link that came since
    assert (tmp_path / "victim").read_text() == "precious"


def test_devices_and_pipes_are_written_to(tmp_path: Path) -> None:
    assert not is_link(Path("/dev/stdout"))
    replace_whole(Path("/dev/null"), b"x")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replace_whole(pipe, b"report")
    assert os.read(reader, 100) == b"report"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
