"""A capture that was converted is judged as the capture is, however its session ended."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rtdebug import resources
from rtdebug.api.converting import Conversion
from rtdebug.api.diagnosing import diagnose_files, sender_of
from rtdebug.api.playing import Wishes, play_scenario
from rtdebug.captures.formats import read
from rtdebug.captures.writer import CaptureWriter
from rtdebug.documents import load_document
from rtdebug.model.results import Run
from rtdebug.scenario.load import Given, load_scenario

GALLERY = sorted(resources.scenarios("gallery").glob("*.yaml"))
RECORDINGS = sorted((Path(__file__).parent.parent / "recordings").glob("*.jsonl"))
AT_ONCE = 8


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The capture of each broken scenario that ships, played once on the embedded server."""
    folder = tmp_path_factory.mktemp("captures")
    paths = {path.stem: folder / f"{path.stem}.jsonl" for path in GALLERY}

    async def play(path: Path, places: asyncio.Semaphore) -> None:
        scenario = load_scenario(load_document(path), Given(env={}))
        async with places:
            await play_scenario(scenario, Wishes(), capture=paths[path.stem])

    async def all_of_them() -> None:
        places = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(play(path, places) for path in GALLERY))

    asyncio.run(all_of_them())
    return paths


def judged(path: Path) -> Run:
    (run,) = diagnose_files([str(path)]).runs
    return run


def told(run: Run) -> object:
    return run.findings, run.outcome, run.responses, run.client, run.server, run.duration, run.pack


@pytest.mark.parametrize("format_", ["har", "jsonl"])
@pytest.mark.parametrize("name", [path.stem for path in GALLERY])
def test_a_capture_of_the_gallery_is_judged_alike(
    name: str, format_: str, captures: dict[str, Path], tmp_path: Path
) -> None:
    converted = tmp_path / f"converted.{format_}"
    Conversion(str(captures[name]), format_).write(converted)
    assert judged(captures[name]).findings
    assert told(judged(converted)) == told(judged(captures[name]))


@pytest.mark.parametrize("format_", ["har", "jsonl"])
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_is_judged_alike(path: Path, format_: str, tmp_path: Path) -> None:
    converted, again = tmp_path / f"converted.{format_}", tmp_path / "again.jsonl"
    Conversion(str(path), format_).write(converted)
    Conversion(str(converted), "jsonl").write(again)
    assert told(judged(converted)) == told(judged(path))
    assert told(judged(again)) == told(judged(path))


@pytest.mark.parametrize("format_", ["har", "jsonl"])
@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_capture_without_its_audio_is_judged_alike(
    path: Path, format_: str, tmp_path: Path
) -> None:
    fields = {"response.output_audio.delta": "delta", "input_audio_buffer.append": "audio"}
    silent, converted = tmp_path / "silent.jsonl", tmp_path / f"converted.{format_}"
    (reading,) = read(path, sender_of=sender_of)
    url, pack = reading.url, reading.pack_hint
    writer = CaptureWriter(silent, pack=pack, url=url, started=reading.started, no_audio=fields)
    for record in reading.records:
        writer.write(record)
    writer.close()
    Conversion(str(silent), format_).write(converted)
    assert told(judged(converted)) == told(judged(silent))
    assert rows(judged(converted)) == rows(judged(silent))


def rows(run: Run) -> list[tuple[int | None, float, int, str]]:
    return [(row.seq, row.at, row.size, row.summary) for row in run.timeline]
