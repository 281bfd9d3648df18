"""How the score of a suggestion is made up: what each signal adds, as figures that sum and bars in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.matches.models import Suggestion
from crm.web.matches.model_words import signal_name, weight_in_words

_BIAS = "bias"


@dataclass(frozen=True, slots=True)
class Line:
    """What one signal adds: its name, the figure, and where its bar stands, in hundredths of the width."""

    name: str
    figure: str
    adds: bool
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Sum:
    lines: list[Line]
    total: str
    zero: float
    """Where nought stands among the bars."""


def sum_of(suggestion: Suggestion) -> Sum | None:
    """The sum behind a suggestion; None for those of rounds that did not keep it."""
    return sum_in_words(suggestion.parts or {})


def sum_in_words(parts: Mapping[str, float]) -> Sum | None:
    """The bias first, then what adds or takes most; the figures shown sum to the total shown."""
    if not parts:
        return None
    names = sorted(parts, key=lambda name: (name != _BIAS, -abs(parts[name]), name))
    whole = dict(zip(names, in_hundredths([parts[name] for name in names]), strict=True))
    steps = [(name, hundredths) for name, hundredths in whole.items() if hundredths or name == _BIAS]
    ends = [0]
    for _, hundredths in steps:
        ends.append(ends[-1] + hundredths)
    low, high = min(ends), max(ends)
    reach = max(high - low, 1)
    lines = [
        Line(
            name=signal_name(name),
            figure=signed(hundredths),
            adds=hundredths >= 0,
            start=round(100 * (min(before, after) - low) / reach, 2),
            width=round(max(100 * abs(hundredths) / reach, 0.8), 2),
        )
        for (name, hundredths), before, after in zip(steps, ends, ends[1:], strict=False)
    ]
    return Sum(lines, signed(ends[-1]), round(100 * -low / reach, 2))


def in_hundredths(figures: Sequence[float]) -> list[int]:
    """The figures as whole hundredths that sum to the hundredths of their sum.

    >>> in_hundredths([0.004, 0.004, 0.004])
    [1, 0, 0]
    """
    rounded = [round(100 * figure) for figure in figures]
    lacking = round(100 * sum(figures)) - sum(rounded)
    step = 1 if lacking > 0 else -1
    errors = [step * (100 * figure - whole) for figure, whole in zip(figures, rounded, strict=True)]
    for place in sorted(range(len(figures)), key=lambda place: (-errors[place], place))[: abs(lacking)]:
        rounded[place] += step
    return rounded


def step_in_words(step: float) -> str:
    """A change of a figure, with its sign."""
    return signed(round(100 * step))


def signed(hundredths: int) -> str:
    """«+1,60» or «−5,00»."""
    sign = "+" if hundredths > 0 else "−" if hundredths < 0 else ""
    return sign + weight_in_words(abs(hundredths) / 100)
