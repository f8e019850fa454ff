"""Makes what the tests of the command line share importable here."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "cli"))
