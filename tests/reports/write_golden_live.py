"""Writes tests/reports/golden_live/ anew: ``python tests/reports/write_golden_live.py``; read the
diff."""

from pathlib import Path

from live_story import LOOKS, shown

FOLDER = Path(__file__).parent / "golden_live"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, (look, moment) in LOOKS.items():
        (FOLDER / name).write_text(shown(look, moment=moment), encoding="utf-8")


if __name__ == "__main__":
    main()
