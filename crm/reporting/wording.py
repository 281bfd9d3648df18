"""The words of a report: the reader's language, and figures as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from babel.dates import format_date

from crm.activities.models import Kind
from crm.activities.wording import KINDS
from crm.companies.models import Stage
from crm.companies.wording import STAGES


class Say(Protocol):
    """Turns one of our sentences, in bokmål, into the reader's language, with its places filled in."""

    def __call__(self, sentence: str, /, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """The reader's language, and how the entrance speaks it."""

    say: Say
    language: str

    def stage(self, stage: Stage) -> str:
        return self.say(STAGES[stage])

    def kind(self, kind: Kind) -> str:
        return self.say(KINDS[kind])

    def day(self, day: date) -> str:
        """«25. november 2026»."""
        return format_date(day, "d MMMM y" if self.language == "en" else "d. MMMM y", locale=self.language)


def number(value: int) -> str:
    """A whole number in groups of three."""
    return f"{value:,}".replace(",", "\u00a0")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}\u00a0%"
