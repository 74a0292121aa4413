"""The optional compiled module: the inner loops of the embedded engine in C.

It is built with the package where there is a compiler (`scripts/kernels_hook.py`), and nothing
needs it: each caller has the same computation in numpy, which is the reference. `compiled` is the
module, or None where it was not built or is switched off; it is looked at with every call, so that
tests run both ways in one process.
"""

from __future__ import annotations

from types import ModuleType

from index.engines.shared.arrays import Array

__all__ = ["MAX_SELECTED", "compiled", "is_flat", "use"]

try:
    from index.engines.shared import _kernels as _built
except ImportError:  # no compiler when the package was installed
    _built = None  # type: ignore[assignment]

# The greatest of many values are kept sorted while the others go by: of few only is that quick.
MAX_SELECTED = 256

compiled: ModuleType | None = _built


def use(choice: str) -> None:
    """Choose the kernels for this process: "auto", the compiled ones where they are, or "numpy"."""
    global compiled  # noqa: PLW0603  one process has one choice, and callers look it up
    compiled = None if choice == "numpy" else _built


def is_flat(array: Array, dtype: str) -> bool:
    """Whether the compiled module takes an array as it is: of this type, without gaps."""
    return array.dtype == dtype and array.flags.c_contiguous
