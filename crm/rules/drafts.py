"""Validated input about the week's rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import NamedTuple

from crm.errors import InvalidInput
from crm.rules.models import PairKind
from crm.spelling import tidy


class Bounds(NamedTuple):
    """What a figure may be, both ends included; ``empty`` where none at all means no limit."""

    low: int
    high: int
    empty: bool = False


BOUNDS: dict[str, Bounds] = {
    "week_size": Bounds(1, 2000, empty=True),
    "fewest": Bounds(0, 2000),
    "per_need": Bounds(1, 25),
    "per_company": Bounds(1, 25),
    "sureness": Bounds(0, 95),
    "partner_share": Bounds(5, 100),
    "small_share": Bounds(0, 100),
    "new_share": Bounds(0, 100),
    "control_share": Bounds(0, 50),
    "partner_most": Bounds(0, 500, empty=True),
    "developer_most": Bounds(0, 500, empty=True),
    "pair_rest": Bounds(0, 52),
    "company_rest": Bounds(0, 52),
    "partner_rest": Bounds(0, 52),
}
MOST = Bounds(0, 500, empty=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRulesDraft:
    """The rules of every week; see ``WeekRuleSet`` for what the figures mean."""

    week_size: int | None = 40
    fewest: int = 20
    per_need: int = 5
    per_company: int = 2
    sureness: int = 20
    partner_share: int = 25
    small_share: int = 30
    new_share: int = 10
    control_share: int = 10
    partner_most: int | None = None
    developer_most: int | None = None
    pair_rest: int = 0
    company_rest: int = 0
    partner_rest: int = 0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            check(value, BOUNDS[name], field=name)
        if self.small_share + self.new_share + self.control_share > 100:
            raise InvalidInput(
                "Små, nye og loddtrekning får til sammen %(sum)s prosent av uka. Det kan ikke bli over 100.",
                field="small_share",
                sum=self.small_share + self.new_share + self.control_share,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRuleDraft:
    """A pair that must or shall never be suggested; exactly one of need and partner is given."""

    kind: PairKind
    company_id: int
    reason: str
    need_id: int | None = None
    partner_id: int | None = None


def check(value: int | None, bounds: Bounds, *, field: str) -> None:
    """InvalidInput where a figure is outside its bounds."""
    if value is None and bounds.empty:
        return
    if value is None or not bounds.low <= value <= bounds.high:
        raise InvalidInput(
            "Skriv et helt tall fra %(low)s til %(high)s.", field=field, low=bounds.low, high=bounds.high
        )


def pair_rule_draft(
    kind: str, *, company_id: int, reason: str, need_id: int | None = None, partner_id: int | None = None
) -> PairRuleDraft:
    """A rule about a pair from typed values."""
    if kind not in {known.value for known in PairKind}:
        raise InvalidInput("Velg om paret alltid eller aldri skal foreslås.", field="kind")
    chosen, why = PairKind(kind), tidy(reason)
    if not why:
        raise InvalidInput("Skriv hvorfor, så den neste forstår regelen.", field="reason")
    if len(why) > 300:
        raise InvalidInput("Hold teksten på under 300 tegn.", field="reason")
    if chosen is PairKind.MUST and need_id is None:
        raise InvalidInput("Velg behovet virksomheten skal foreslås for.", field="need")
    if (need_id is None) == (partner_id is None):
        raise InvalidInput("Velg enten ett behov eller alle behovene til en partner.", field="need")
    return PairRuleDraft(
        kind=chosen, company_id=company_id, reason=why, need_id=need_id, partner_id=partner_id
    )
