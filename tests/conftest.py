"""What every test may use."""

from __future__ import annotations

import os
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
    """Tests on the reference data skip visibly where it is not."""
    if (SHARED / "README.md").is_file():
        return
    skip = pytest.mark.skip(
        reason=f"the reference data is not at {SHARED}; set GONGKAI_SHARED to it"
    )
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def shared() -> Path:
    """The reference data beside the checkout."""
    return SHARED
