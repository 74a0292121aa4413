"""What every test may use."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"
SHARED = Path(os.environ.get("GONGKAI_SHARED", ROOT.parent / "shared"))

# Machines that run tests are slow and shared: no test may depend on how long an example takes.
settings.register_profile(
    "default", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests skip visibly where the reference data is not, and for who may read all."""
    if not (SHARED / "README.md").is_file():
        _skip(
            items,
            "shared",
            f"the reference data is not at {SHARED}; set GONGKAI_SHARED to it",
        )
    if (
        not _permissions_bind()
        and os.environ.get("GONGKAI_REQUIRE_UNPRIVILEGED") != "1"
    ):
        _skip(
            items,
            "unprivileged",
            "this user may read everything; .ci/run runs this as another",
        )


def _skip(items: list[pytest.Item], marker: str, reason: str) -> None:
    for item in items:
        if marker in item.keywords:
            item.add_marker(pytest.mark.skip(reason=reason))


def _permissions_bind() -> bool:
    """Whether a file that nobody may read is kept from this user."""
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.name == "posix" and not os.access(file.name, os.R_OK)


@pytest.fixture
def shared() -> Path:
    """The reference data beside the checkout."""
    return SHARED
