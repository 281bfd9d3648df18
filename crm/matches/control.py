"""What the model's choice is worth: its pairs beside those drawn by lot."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from crm.matches.accuracy import FEWEST, Outcome, by_lot
from crm.matches.intervals import newcombe


@dataclass(frozen=True, slots=True)
class Difference:
    """An outcome of the chosen pairs beside those drawn by lot, each as how many of how many."""

    outcome: Outcome
    chosen: tuple[int, int]
    drawn: tuple[int, int]

    @property
    def enough(self) -> bool:
        """Whether there are pairs enough on both sides for a share to mean anything."""
        return min(self.chosen[1], self.drawn[1]) >= FEWEST

    @property
    def size(self) -> float:
        """The share of the chosen less that of the drawn."""
        return self.chosen[0] / self.chosen[1] - self.drawn[0] / self.drawn[1]

    @property
    def interval(self) -> tuple[float, float]:
        return newcombe(self.chosen, self.drawn)

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the interval leaves out that there is no difference."""
        if not self.enough:
            return "too_few"
        low, high = self.interval
        return "better" if low > 0 else "worse" if high < 0 else "unsure"


def against_lot(session: Session, since: str) -> list[Difference]:
    """Each outcome, chosen beside drawn; nothing where no pair was drawn."""
    found = by_lot(session, since)
    if len(found) < 2:
        return []
    return [Difference(outcome, found[False].of(outcome), found[True].of(outcome)) for outcome in Outcome]
