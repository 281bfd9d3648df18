"""Validated input about trials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.errors import InvalidInput
from crm.trials.models import TrialKind

MOST_PERCENT, MOST_WEEKS = 300, 52


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDraft:
    """What to try: weights in percent of the usual ones, perhaps a need's text, or the weeks to look back.

    ``seen`` is the version of the need that the text was written over.
    """

    kind: TrialKind
    weights: Mapping[str, int] = field(default_factory=dict)
    need_id: int | None = None
    title: str = ""
    text: str = ""
    seen: int | None = None
    weeks: int = 12


def trial_draft(
    kind: TrialKind,
    *,
    weights: Mapping[str, int | None],
    weeks: int = 12,
) -> TrialDraft:
    """A trial of weights, perhaps for weeks gone by, from typed values; InvalidInput names the field."""
    for name, percent in weights.items():
        if percent is None or not 0 <= percent <= MOST_PERCENT:
            raise InvalidInput(
                "Skriv et helt tall fra %(low)s til %(high)s.",
                field=f"weight-{name}",
                low=0,
                high=MOST_PERCENT,
            )
    if not 1 <= weeks <= MOST_WEEKS:
        raise InvalidInput("Velg hvor mange uker tilbake.", field="weeks")
    changed = {name: percent for name, percent in sorted(weights.items()) if percent is not None}
    return TrialDraft(kind=kind, weights=changed, weeks=weeks)
