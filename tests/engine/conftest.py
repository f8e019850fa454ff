"""The builder of sessions stands beside the recordings of the rules and is used here as well."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "rules"))
