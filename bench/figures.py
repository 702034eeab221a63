"""What a benchmark found, and the table of all of it."""

from __future__ import annotations

from typing import NamedTuple


class Figure(NamedTuple):
    """One row: what was measured, what came out, the goal, and whether it is met."""

    name: str
    found: str
    goal: str
    ok: bool


def table(figures: list[Figure]) -> str:
    """Return the rows as a Markdown table."""
    rows = [f"| {f.name} | {f.found} | {f.goal} | {'yes' if f.ok else 'NO'} |" for f in figures]
    return "\n".join(["| what | measured | goal | met |", "|---|---|---|---|", *rows]) + "\n"
