"""The rules a week of suggestions is planned by, and what a plan consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm.errors import said
from crm.matchmaker.profiles import RankedCompany

Key = tuple[str, str]
SMALL_BELOW = 10

TOO_FEW_PARTNERS = said(
    "For få partnere har forslag denne uken til at hver av dem kan holdes til sin andel av uken. "
    "Forslagene er fordelt så jevnt som listene tillater."
)
WEEK_TOO_THIN = said(
    "Hvis hver partner ble holdt til sin andel, ville uken fått for få forslag. "
    "Andelen er utvidet så lite som mulig."
)
TOO_FEW_SMALL = said("Listene har for få små virksomheter til å fylle plassene som er satt av til dem.")
LOT_HAS_NO_ROOM = said("Ukens grenser ga ikke rom for alle forslagene som skulle trekkes ved loddtrekning.")
MUST_IS_MISSING = said("Virksomhet %(company)s skulle foreslås for behov %(need)s, men står ikke på listen.")
MUST_IS_BARRED = said(
    "Virksomhet %(company)s er både påkrevd og utelukket for behov %(need)s, og er utelatt."
)
MUST_HAS_NO_ROOM = said(
    "Virksomhet %(company)s skulle foreslås for behov %(need)s, men det er ikke plass innenfor ukens grenser."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRules:
    """What a week keeps to.

    A partner gets at most ``partner_share`` of the week. Where that cannot be kept, or would leave fewer
    than ``fewest`` pairs though the lists hold more, the share is widened and the plan says so. ``capacity``
    is the most pairs of a partner, ``small_share`` the part for firms with fewer than ten employees or of
    unknown size, and one slot in ``control_every`` goes to a pair drawn by lot (none where it is 0).
    """

    per_need: int = 5
    per_company: int = 2
    min_probability: float = 0.2
    small_share: float = 0.3
    partner_share: float = 0.25
    fewest: int = 20
    capacity: Mapping[str, int] = field(default_factory=dict)
    must: frozenset[Key] = frozenset()
    never: frozenset[Key] = frozenset()
    week_size: int | None = None
    control_every: int = 10
    random_state: int = 0
    week: str = ""


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """The pairs to suggest, most probable first; those of them drawn by lot; the rules that gave way."""

    picks: tuple[RankedCompany, ...] = ()
    control: frozenset[Key] = frozenset()
    relaxed: tuple[str, ...] = ()


def key_of(pair: RankedCompany) -> Key:
    return pair.need, pair.company


def is_small(employees: int | None) -> bool:
    return employees is None or employees < SMALL_BELOW
