"""Whether a file of an index can be trusted: by owner and mode of what was opened, each time.

Looking at a path and opening it afterwards would leave time to put another file there.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from index.model.errors import IndexNotTrustedError

__all__ = ["check_folder", "read_file"]

# The group and all others may write.
WRITABLE_BITS = stat.S_IWGRP | stat.S_IWOTH
ROOT_UID = 0
HAS_OWNERS = hasattr(os, "geteuid")


def read_file(path: Path, *, trust: bool) -> tuple[bytes, os.stat_result]:
    """The content of a file of an index, and the status of what was read.

    Raises FileNotFoundError, and IndexNotTrustedError where somebody else could have written it
    and `trust` is not given.
    """
    if not HAS_OWNERS:
        with path.open("rb") as file:
            return file.read(), os.fstat(file.fileno())
    folder = _opened_folder(path.parent, trust=trust)
    try:
        # a link would lead to a folder that nobody looked at
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
        handle = os.open(path.name, flags, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not trust:
            _check(status, path)
        return file.read(), status


def check_folder(folder: Path) -> None:
    """Raises IndexNotTrustedError where somebody else could have written to the folder."""
    if HAS_OWNERS:
        os.close(_opened_folder(folder, trust=False))


def _opened_folder(folder: Path, *, trust: bool) -> int:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        if not trust:
            _check(os.fstat(handle), folder)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _check(status: os.stat_result, path: Path) -> None:
    # root may do everything anyway: a container reads an index that its builder made as root
    if status.st_uid not in (os.geteuid(), ROOT_UID):
        raise IndexNotTrustedError(
            f"{path} belongs to another user (uid {status.st_uid}), who could put anything there; "
            "build an index of your own, or set GONGKAI_TRUST_INDEX=1 if you trust them"
        )
    if status.st_mode & WRITABLE_BITS:
        mode = stat.S_IMODE(status.st_mode)
        raise IndexNotTrustedError(
            f"{path} can be written by other users (mode {mode:04o}); "
            f"run `chmod go-w {path}`, or set GONGKAI_TRUST_INDEX=1 if you trust them"
        )
