"""The picture of a run under load: memory, open files and requests a second over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

__all__ = ["picture"]

PANEL_WIDTH = 640
PANEL_HEIGHT = 120
LEFT_MARGIN = 60
TOP_MARGIN = 46
PANEL_STEP = PANEL_HEIGHT + TOP_MARGIN
STYLE = """
svg{font:12px sans-serif;background:#fff}
text{fill:#333}
.frame{fill:none;stroke:#bbb}
.line{fill:none;stroke-width:1.6}
.run0{stroke:#0b63b5}
.run1{stroke:#b5480b}
.name0{fill:#0b63b5}
.name1{fill:#b5480b}
@media (prefers-color-scheme:dark){
svg{background:#16181b}
text{fill:#ddd}
.frame{stroke:#555}
.run0{stroke:#6fb3f2}
.run1{stroke:#f2a36f}
.name0{fill:#6fb3f2}
.name1{fill:#f2a36f}
}
"""
Line = list[tuple[float, float]]


def picture(figures: dict[str, Any]) -> str:
    """An SVG of three panels, one line a run. Each panel begins at nought, so flat looks flat."""
    runs = figures["runs"]
    panels = [
        ("Own memory of all processes (MB)", [_column(run, 1) for run in runs]),
        ("Open files of all processes", [_column(run, 2) for run in runs]),
        ("Requests a second", [_rates(run) for run in runs]),
    ]
    height = PANEL_STEP * len(panels) + TOP_MARGIN
    width = PANEL_WIDTH + LEFT_MARGIN + 20
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Memory, open files and requests a second under load</title>",
        f"<style>{STYLE}</style>",
    ]
    for number, run in enumerate(runs):
        x = LEFT_MARGIN + 130 * number
        word = "process" if run["processes"] == 1 else "processes"
        label = f"{run['processes']} {word}"
        out.append(f'<text class="name{number}" x="{x}" y="18">{label}</text>')
    for number, (title, lines) in enumerate(panels):
        out += _panel(title, lines, TOP_MARGIN + 6 + number * PANEL_STEP)
    return "\n".join([*out, "</svg>"]) + "\n"


def _column(run: dict[str, Any], column: int) -> Line:
    return [(sample[0], sample[column]) for sample in run["samples"]]


def _rates(run: dict[str, Any]) -> Line:
    """Requests a second between two samples, at the time of the second."""
    out = []
    for before, after in pairwise(run["samples"]):
        seconds = after[0] - before[0]
        out.append((after[0], (after[3] - before[3]) / seconds))
    return out


def _panel(title: str, lines: Sequence[Line], top: int) -> list[str]:
    seconds = max((line[-1][0] for line in lines if line), default=1.0)
    highest = max((y for line in lines for _, y in line), default=1.0) * 1.1
    bottom = top + PANEL_HEIGHT
    minutes = f"{seconds / 60:.0f} min"
    right = LEFT_MARGIN + PANEL_WIDTH
    out = [
        f'<text x="{LEFT_MARGIN}" y="{top - 6}">{title}</text>',
        f'<path class="frame" d="M{LEFT_MARGIN} {top}V{bottom}H{right}V{top}z"/>',
        f'<text x="{LEFT_MARGIN - 8}" y="{top + 10}" text-anchor="end">{highest:.0f}</text>',
        f'<text x="{LEFT_MARGIN - 8}" y="{bottom}" text-anchor="end">0</text>',
        f'<text x="{right}" y="{bottom + 14}" text-anchor="end">{minutes}</text>',
    ]
    for number, line in enumerate(lines):
        points = []
        for x, y in line:
            across = LEFT_MARGIN + PANEL_WIDTH * x / seconds
            down = bottom - PANEL_HEIGHT * y / highest
            points.append(f"{across:.1f},{down:.1f}")
        joined = " ".join(points)
        out.append(f'<polyline class="line run{number}" points="{joined}"/>')
    return out
