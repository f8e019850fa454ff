"""Built, installed and called from elsewhere: the wheel, a wheel made from the sdist, and an
editable install all find what they ship. Nothing is fetched: the libraries of this environment are
lent to the fresh ones."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from rtdebug import __version__

ROOT = Path(__file__).parent.parent
KINDS = ("wheel", "wheel from the sdist", "editable")
DATA = "rtdebug/_data"


def quietly(*command: object, cwd: Path | None = None) -> str:
    """Runs a command that must work; stdout."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(one) for one in command], cwd=cwd, env=clean, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    quietly(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    quietly(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", folder, ROOT)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def wheel_from_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    source = next(folder.iterdir())
    quietly(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module", params=KINDS)
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The folder of a fresh environment with one kind of install in it, and the kind."""
    kind = request.param
    folder = tmp_path_factory.mktemp(kind.replace(" ", "-"))
    quietly(sys.executable, "-m", "venv", "--without-pip", folder)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    lent = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (place / "lent.pth").write_text("\n".join(dict.fromkeys(lent)) + "\n")
    if kind == "editable":
        what = ["--no-build-isolation", "-e", ROOT]
    else:
        name = "wheel" if kind == "wheel" else "wheel_from_sdist"
        what = [request.getfixturevalue(name)]
    quietly(sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install",
            "--quiet", "--no-deps", "--no-index", "--ignore-installed", *what)  # fmt: skip
    return folder, kind


pytestmark = pytest.mark.slow


def test_the_wheel_carries_what_the_commands_need(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"rtdebug/py.typed", "rtdebug/cli/help.txt", f"{DATA}/catalogue.txt"} <= names
    assert not [name for name in names if "_compiled" in name]
    for folder in ("schemas", "scenarios"):
        here = {
            f"{DATA}/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file()
        }
        assert len(here) > 50
        assert here <= names
    written = {name for name in names if name.endswith(".yaml") and "/schemas/" in name}
    assert {f"{name}.json" for name in written} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "scenarios/"))]
    assert not [name for name in names if name.endswith(".pyc")]
    recorded = [name for name in names if name.endswith(".jsonl")]
    assert not [name for name in recorded if not name.startswith(f"{DATA}/scenarios/")]


def test_the_sdist_carries_what_the_tests_need(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml", "hatch_build.py", "docs/findings/text-mismatch.md", "README.md", "LICENSE", "tests/test_packaging.py", "docs/run.md",
        "schemas/openai-realtime/pack.yaml", "scenarios/openai-realtime/text-turn.yaml",
    } <= names  # fmt: skip


def test_a_shipped_scenario_plays_from_any_folder(
    installed: tuple[Path, str], tmp_path: Path
) -> None:
    folder, kind = installed
    out = quietly(folder / "bin" / "rtdebug", "run", "text-turn", cwd=tmp_path)
    assert "1 passed" in out
    where = quietly(
        folder / "bin" / "python", "-I", "-c", "import rtdebug; print(rtdebug.__file__)"
    )
    assert Path(where).is_relative_to(ROOT if kind == "editable" else folder)


def test_help_and_version_work_installed(installed: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = installed
    command = folder / "bin" / "rtdebug"
    assert quietly(command, "--version", cwd=tmp_path) == f"rtdebug {__version__}\n"
    assert "Exit codes:" in quietly(command, "--help", cwd=tmp_path)
    assert "Usage: rtdebug run" in quietly(command, "run", "--help", cwd=tmp_path)


def test_every_pack_and_every_shipped_scenario_is_there(
    installed: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = installed
    command = folder / "bin" / "rtdebug"
    packs = quietly(command, "packs", cwd=tmp_path)
    assert [line.split()[0] for line in packs.splitlines()] == sorted(
        path.parent.name for path in (ROOT / "schemas").glob("*/pack.yaml")
    )
    assert "nothing wrong" in quietly(
        command, "check", "openai-realtime", "gallery", "no-session", cwd=tmp_path
    )


def test_a_finding_is_explained_installed(installed: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = installed
    command = folder / "bin" / "rtdebug"
    assert "What to do" in quietly(command, "explain", "text-mismatch", cwd=tmp_path)
    assert "try again: no" in quietly(command, "explain", "invalid_api_key", cwd=tmp_path)


def test_types_are_seen_by_checkers(installed: tuple[Path, str]) -> None:
    folder, _ = installed
    marker = "import rtdebug, pathlib; print((pathlib.Path(rtdebug.__file__).parent / 'py.typed').exists())"
    assert quietly(folder / "bin" / "python", "-I", "-c", marker).strip() == "True"
