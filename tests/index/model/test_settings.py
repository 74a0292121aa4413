"""Settings: what the environment says is read, or refused before anything is started."""

from __future__ import annotations

import pytest

from index.model.errors import SettingsError
from index.model.settings import RANGES, SETTINGS, Settings, default_index

NAMES = {name for name, _, _ in SETTINGS}


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("PORT", "abc", "whole number"),
        ("PORT", "99999", "from 0 to 65535"),
        ("THREADS", "0", "from 1 to 256"),
        ("PROCESSES", "-1", "from 0 to 256"),
        ("DOCUMENT_CPU_S", "-5", "from 0 to"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("BASE_URL", "reports.example.org", "https://"),
        ("BASE_URL", "ftp://reports.example.org", "https://"),
        ("BASE_URL", "https://", "https://"),
        ("BASE_URL", "https://a.example/?q=1", "https://"),
    ],
)
def test_what_cannot_be_is_refused(name: str, raw: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        Settings.from_environment({f"GONGKAI_{name}": raw})
    assert f"GONGKAI_{name}" in str(refused.value)


def test_the_ends_of_a_range_are_taken() -> None:
    assert set(RANGES) <= NAMES
    for name, ends in RANGES.items():
        for end in ends:
            settings = Settings.from_environment({f"GONGKAI_{name.upper()}": str(end)})
            assert getattr(settings, name) == end


def test_an_hour_and_a_day_are_the_longest_times() -> None:
    assert RANGES["request_seconds"][1] == 60 * 60
    assert RANGES["export_seconds"][1] == RANGES["idle_seconds"][1] == 24 * 60 * 60


def test_an_empty_value_is_none() -> None:
    settings = Settings.from_environment({"GONGKAI_INDEX": "", "GONGKAI_PORT": " "})
    assert settings.index == default_index()
    assert settings.port == 8080


def test_what_is_given_wins_over_the_environment() -> None:
    environment = {"GONGKAI_PORT": "1234", "GONGKAI_THREADS": " 3 "}
    settings = Settings.from_environment(environment, port=80, threads=None)
    assert (settings.port, settings.threads) == (80, 3)
