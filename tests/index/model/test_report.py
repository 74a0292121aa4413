"""What the parts of a report are where nobody says otherwise."""

from __future__ import annotations

from index.model.report import Repair


def test_a_repair_was_made_unless_it_is_said_that_it_was_not() -> None:
    made = Repair("gloss", 1, 5, "(qū)", "", 0.9)
    left = Repair("gbk", 1, 3, "?!", "?!", 0.6, applied=False)
    assert made.applied is True
    assert left.applied is False
    assert made.display == (0, 0)
