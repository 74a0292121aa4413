"""Values that are made by the hundred for one answer.

A frozen dataclass sets each of its fields by a call, which takes five times as long as an
assignment. `made_often` is `dataclass` for whoever checks types, so that nothing may change such a
value; at run time nobody looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

__all__ = ["made_often"]

if TYPE_CHECKING:
    from dataclasses import dataclass as made_often
else:

    def made_often(*, frozen: bool, slots: bool):  # noqa: ANN201  a decorator, as `dataclass`
        """`dataclass`, frozen for the type checker alone; values compare and hash by fields."""
        return dataclass(slots=slots, unsafe_hash=frozen)
