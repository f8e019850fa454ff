"""Makes the modules beside these tests importable, and those of the tests of tail."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "cli"), str(HERE.parent / "api")]
