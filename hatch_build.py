"""What a build makes of data: the catalogue of findings as one file, never kept in git."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledData(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles docs/findings/ into the package: for wheels, and in place for editable installs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before anything is packed."""
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from rtdebug.catalogue import compiling
        finally:
            sys.path.remove(str(root))
        path = root / "rtdebug" / "_compiled" / "catalogue.json"
        compiling.write(root / "docs" / "findings", path)
        if version != "editable":
            build_data["force_include"][str(path)] = "rtdebug/_data/catalogue.json"
