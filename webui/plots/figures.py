"""Numbers as people read them: thousands apart, 万 and 亿 where room is short, ratios as
percentages.
"""

from __future__ import annotations

__all__ = ["compact", "figure", "percent"]


def percent(value: float) -> str:
    """A fraction as a percentage with at most one decimal.

    >>> percent(0.3126), percent(1), percent(0.0004)
    ('31.3%', '100%', '0.04%')
    """
    digits = 1 if abs(value) >= 0.0005 or not value else 2
    shown = f"{value * 100:.{digits}f}"
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown) + "%"


def figure(value: float | None, *, ratio: bool = False) -> str:
    """A number in full; "" when there is none.

    >>> figure(1462000000), figure(12.5), figure(1 / 3), figure(None), figure(0.5, ratio=True)
    ('1,462,000,000', '12.5', '0.33', '', '50%')
    """
    if value is None:
        return ""
    if ratio:
        return percent(value)
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def compact(value: float, *, ratio: bool = False) -> str:
    """A number for an axis or above a column.

    >>> compact(14620), compact(1462000000), compact(9999), compact(0.25, ratio=True)
    ('1.46万', '14.6亿', '9,999', '25%')
    >>> compact(12345678), compact(1234.5)
    ('1,235万', '1,234')
    """
    if ratio:
        return percent(value)
    for size, word in ((100_000_000, "亿"), (10_000, "万")):
        if abs(value) >= size:
            return _three_digits(value / size) + word
    return _three_digits(value) if value != int(value) else f"{int(value):,}"


def _three_digits(value: float) -> str:
    """Three digits, or all before the point where there are more: "g" would write 1.23e+03."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
