"""The rules a week of suggestions is planned by, and what a plan consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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
TOO_FEW_NEW = said("Listene har for få nye virksomheter til å fylle plassene som er satt av til dem.")
TIME_RAN_OUT = said(
    "Tiden rakk ikke til å vise at dette er den beste fordelingen. Den beste som ble funnet, er brukt."
)
NO_TIME_TO_SHARE = said(
    "Tiden rakk ikke til å fordele uken mellom partnere, små og nye virksomheter. "
    "De sikreste parene innenfor ukens grenser er brukt."
)
LOT_HAS_NO_ROOM = said("Ukens grenser ga ikke rom for alle forslagene som skulle trekkes ved loddtrekning.")
MUST_IS_MISSING = said(
    "«%(company)s» skulle foreslås for «%(need)s», men kan ikke foreslås nå. "
    "Se om behovet er åpent, og om virksomheten er lukket eller svaret gitt før."
)
MUST_IS_BARRED = said("«%(company)s» er både påkrevd og utelukket for «%(need)s», og er utelatt.")
MUST_HAS_NO_ROOM = said(
    "«%(company)s» skulle foreslås for «%(need)s», men det er ikke plass innenfor ukens grenser."
)


class GaveWay(NamedTuple):
    """A rule that could not be kept: the sentence that says so, and what goes where it says ``%(name)s``."""

    sentence: str
    values: dict[str, str] = {}  # noqa: RUF012  (nobody writes in it)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRules:
    """What a week keeps to.

    A partner gets at most ``partner_share`` of the week. Where that cannot be kept, or would leave fewer
    than ``fewest`` pairs though the lists hold more, the share is widened and the plan says so. ``capacity``
    is the most pairs of a partner and ``workload`` of a developer; ``small_share`` is the part for firms with
    fewer than ten employees or of unknown size, ``new_share`` that for new ones, and ``control_share`` that
    for pairs drawn by lot. All that solving takes is kept within ``seconds``.
    """

    per_need: int = 5
    per_company: int = 2
    min_probability: float = 0.2
    small_share: float = 0.3
    new_share: float = 0.0
    partner_share: float = 0.25
    fewest: int = 20
    capacity: Mapping[str, int] = field(default_factory=dict)
    workload: Mapping[str, int] = field(default_factory=dict)
    must: frozenset[Key] = frozenset()
    never: frozenset[Key] = frozenset()
    week_size: int | None = None
    control_share: float = 0.1
    random_state: int = 0
    week: str = ""
    seconds: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Who is behind the keys of the pairs; a need without a partner is outside the partners' shares."""

    employees: Mapping[str, int | None] = field(default_factory=dict)
    partners: Mapping[str, str] = field(default_factory=dict)
    developers: Mapping[str, str] = field(default_factory=dict)
    new: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WeekPlan:
    """The pairs to suggest, most probable first; those of them drawn by lot; the rules that gave way."""

    picks: tuple[RankedCompany, ...] = ()
    control: frozenset[Key] = frozenset()
    relaxed: tuple[GaveWay, ...] = ()


def key_of(pair: RankedCompany) -> Key:
    return pair.need, pair.company


def is_small(employees: int | None) -> bool:
    return employees is None or employees < SMALL_BELOW
