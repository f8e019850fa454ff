"""Writes tests/reports/golden/ anew: ``python tests/reports/write_golden.py``; read the diff."""

from pathlib import Path

from report_samples import GOLDEN, SAMPLES

from rtdebug.reports.terminal import render

FOLDER = Path(__file__).parent / "golden"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, (sample, look) in GOLDEN.items():
        (FOLDER / name).write_text(render(SAMPLES[sample], **look), encoding="utf-8")


if __name__ == "__main__":
    main()
