"""Builds the optional compiled module with the package: a build hook of hatchling.

Without a C compiler, or without the headers of Python, the package is built all the same, in pure
Python: everything works, and searching takes more time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from setuptools import Distribution, Extension
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError

MODULE = "index.engines.shared._kernels"
SOURCE = "index/engines/shared/_kernels.c"
FOLDER = "index/engines/shared"
# A sum of products must come out as numpy's does, to the last bit; Microsoft's compiler joins none.
FLAGS = [] if os.name == "nt" else ["-O3", "-ffp-contract=off"]


class KernelsHook(BuildHookInterface):  # type: ignore[misc]  # hatchling ships no types
    """Compiles the module into the wheel; of an editable install, into the checkout."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds `version`, "standard" or "editable"."""
        self.scratch = Path(tempfile.mkdtemp(prefix="kernels"))
        built = self._compiled()
        if built is None:
            return
        place = f"{FOLDER}/{built.name}"
        if version == "editable":
            # copied beside it and renamed: a process that has the old one mapped keeps it
            beside = Path(self.root, f"{place}.new")
            shutil.copyfile(built, beside)
            beside.replace(Path(self.root, place))
        else:
            build_data["force_include"][str(built)] = place
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def finalize(self, *_: object) -> None:
        """Called by hatchling when it has built."""
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _compiled(self) -> Path | None:
        """The compiled module; None, and a line that says why, where it cannot be compiled."""
        extension = Extension(MODULE, [SOURCE], extra_compile_args=FLAGS)
        command = build_ext(Distribution({"ext_modules": [extension]}))
        command.build_lib = str(self.scratch / "lib")
        command.build_temp = str(self.scratch / "temp")
        try:
            command.ensure_finalized()
            command.run()
        except (BaseError, CCompilerError, OSError) as error:
            self.app.display_warning(f"built without compiled kernels: {error}")
            return None
        return Path(command.get_ext_fullpath(MODULE))
