"""What a build makes of data, so that it is never kept in git: the catalogue of findings as one
file, and JSON twins of the YAML in schemas/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledData(BuildHookInterface):
    """Compiles data into the package: for wheels, and in place for editable installs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before anything is packed."""
        made = _compiled(Path(self.root))
        if version != "editable":
            placed = {str(path): f"rtdebug/_data/{name}" for path, name in made.items()}
            build_data["force_include"].update(placed)


def _compiled(root: Path) -> dict[Path, str]:
    """Each file that was made, with its name in the data of the package."""
    sys.path.insert(0, str(root))
    try:
        from rtdebug.catalogue import compiling
        from rtdebug.packs import twins
    finally:
        sys.path.remove(str(root))
    place = root / "rtdebug" / "_compiled"
    compiling.write(root / "docs" / "findings", place / "catalogue.txt")
    made = twins.write_all(root / "schemas", place / "schemas")
    schemas = {path: f"schemas/{name}" for path, name in made.items()}
    return {place / "catalogue.txt": "catalogue.txt", **schemas}
