"""A period beside the year before, counted, with the words for them."""

from __future__ import annotations

from dataclasses import dataclass

from crm.errors import said
from crm.reporting.counts import Counts, Share
from crm.reporting.period import Period
from crm.reporting.wording import Wording, percent

_FEWEST = 5


@dataclass(frozen=True, slots=True)
class Years:
    """The period, the year before, and the words for them."""

    now: Counts
    before: Counts
    period: Period
    words: Wording

    @property
    def columns(self) -> tuple[str, str, str]:
        say = self.words.say
        return str(self.period.year), str(self.last), say(said("Endring"))

    @property
    def last(self) -> int:
        """The year before."""
        return self.period.year - 1

    def share(self, share: Share) -> str | None:
        """How many of the answers were yes, in per cent; nothing where there are too few to say."""
        return percent(share.yes, share.decided) if share.decided >= _FEWEST else None
