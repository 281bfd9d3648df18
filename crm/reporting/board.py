"""The board report: how the programme went this year, in plain words, against the year before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from babel.dates import format_date
from sqlalchemy.orm import Session

from crm import clock
from crm.activities.models import Kind
from crm.companies.models import Stage
from crm.errors import said
from crm.reporting.counts import Counts, Share, counts
from crm.reporting.documents import Bar, Bars, Document, Figure, Paragraphs, Part, Table
from crm.reporting.period import Period
from crm.segments import queries as segments
from crm.segments.models import Segment

_FEWEST = 5
# The same words as on the pages, which a report does not reach into; one catalogue translates both.
_STAGES = {
    Stage.IDENTIFIED: said("Identifisert"),
    Stage.CONTACTED: said("Kontaktet"),
    Stage.MEETING: said("Møte"),
    Stage.VISIT: said("Besøk"),
    Stage.CONCRETE_INTEREST: said("Konkret interesse"),
    Stage.ESTABLISHING: said("Etablerer seg"),
    Stage.ESTABLISHED: said("Etablert"),
    Stage.PARKED: said("Parkert"),
    Stage.LOST: said("Tapt"),
}
_KINDS = {
    Kind.CALL: said("Rørløft"),
    Kind.MEETING: said("Møte"),
    Kind.VISIT: said("Besøk"),
    Kind.EMAIL: said("E-post"),
    Kind.EVENT: said("Arrangement"),
    Kind.NOTE: said("Notat"),
}


class Say(Protocol):
    """Turns one of our sentences, in bokmål, into the reader's language, with its places filled in."""

    def __call__(self, sentence: str, /, **values: object) -> str: ...


@dataclass(frozen=True, slots=True)
class Wording:
    """The reader's language, and how the entrance speaks it."""

    say: Say
    language: str

    def stage(self, stage: Stage) -> str:
        return self.say(_STAGES[stage])

    def kind(self, kind: Kind) -> str:
        return self.say(_KINDS[kind])

    def day(self, day: date) -> str:
        """«25. november 2026»."""
        return format_date(day, "d MMMM y" if self.language == "en" else "d. MMMM y", locale=self.language)


@dataclass(frozen=True, slots=True)
class _Years:
    """The period, the year before, and the words for them."""

    now: Counts
    before: Counts
    period: Period
    words: Wording

    @property
    def columns(self) -> tuple[str, str, str]:
        say = self.words.say
        return str(self.period.year), str(self.period.year - 1), say(said("Endring"))


def board_report(session: Session, period: Period, words: Wording, *, now: datetime) -> Document:
    """The report of a period; a year without anything in it is told as such, never left blank."""
    years = _Years(counts(session, period), counts(session, period.year_before()), period, words)
    say = words.say
    return Document(
        title=say(said("Styrerapport %(year)s"), year=period.year),
        about=_about(years),
        language=words.language,
        figures=_figures(years),
        parts=(
            Paragraphs(say(said("Kort fortalt")), _in_short(years)),
            _stage_bars(years),
            _stages(years),
            _contacts(years),
            _matches(years),
            *_established(years),
            _segments(session, years),
        ),
        foot=say(
            said("Laget %(day)s fra loggen i Klyngetorg. Tallene er de som sto der da."),
            day=words.day(now.astimezone(clock.OSLO).date()),
        ),
    )


def _about(years: _Years) -> str:
    say, period, day = years.words.say, years.period, years.words.day
    if period.whole:
        return say(said("Hele året, mot hele %(before)s"), before=period.year - 1)
    return say(
        said("%(first)s – %(last)s, mot samme tid i %(before)s"),
        first=day(period.first),
        last=day(period.last),
        before=period.year - 1,
    )


def _figures(years: _Years) -> tuple[Figure, ...]:
    say, now, before = years.words.say, years.now, years.before
    named = (
        (said("Virksomheter vi følger"), now.leads, before.leads),
        (said("Kontakter logget"), now.contacts, before.contacts),
        (said("Møter og besøk"), now.meetings, before.meetings),
        (said("Koblinger opprettet"), now.introductions, before.introductions),
        (said("Etablert"), len(now.established), len(before.established)),
    )
    return tuple(
        Figure(
            say(name), number(value), say(said("%(value)s i %(year)s"), value=number(then), year=_last(years))
        )
        for name, value, then in named
    )


def _last(years: _Years) -> int:
    return years.period.year - 1


def _in_short(years: _Years) -> tuple[str, ...]:
    say, now = years.words.say, years.now
    if not (now.leads or now.contacts or now.suggestions.suggested):
        return (say(said("Det er ikke logget noe for %(year)s."), year=years.period.year),)
    sentences = [
        say(
            said("Virksomheter vi følger: %(leads)s. Nye i perioden: %(new)s."),
            leads=number(now.leads),
            new=number(now.new_leads),
        ),
        say(
            said(
                "Kontakter logget: %(contacts)s. Virksomheter nådd: %(companies)s. Kontaktene er %(change)s."
            ),
            contacts=number(now.contacts),
            companies=number(now.contacted),
            change=_against(years, now.contacts, years.before.contacts),
        ),
        _brought_together(years),
        _acceptance(years, now.suggestions),
    ]
    return tuple(sentences)


def _brought_together(years: _Years) -> str:
    say, now = years.words.say, years.now
    if not now.introductions:
        return say(said("Ingen koblinger mellom virksomheter og partnere er opprettet i perioden."))
    return say(
        said("Koblinger mellom virksomheter og partnere: %(opened)s opprettet, og i %(met)s har de møttes."),
        opened=number(now.introductions),
        met=number(now.met),
    )


def _against(years: _Years, value: int, before: int) -> str:
    say, year = years.words.say, _last(years)
    if value == before:
        return say(said("like mange som i %(year)s"), year=year)
    if value > before:
        return say(said("%(more)s flere enn i %(year)s"), more=number(value - before), year=year)
    return say(said("%(fewer)s færre enn i %(year)s"), fewer=number(before - value), year=year)


def _acceptance(years: _Years, share: Share) -> str:
    say = years.words.say
    if share.decided < _FEWEST:
        return say(
            said(
                "Programmet har foreslått %(count)s par."
                " Det er for få svar ennå til å si hvor mange som ble ja."
            ),
            count=number(share.suggested),
        )
    return say(
        said(
            "Programmet har foreslått %(count)s par. Av %(decided)s ja eller nei var %(yes)s ja (%(share)s)."
        ),
        count=number(share.suggested),
        decided=number(share.decided),
        yes=number(share.yes),
        share=percent(share.yes, share.decided),
    )


def _stage_bars(years: _Years) -> Bars:
    words, now = years.words, years.now
    bars = tuple(Bar(words.stage(stage), now.stages[stage]) for stage in Stage)
    told = ", ".join(f"{bar.name} {bar.value}" for bar in bars if bar.value)
    return Bars(words.say(said("Hvor virksomhetene står nå")), bars, told)


def _stages(years: _Years) -> Table:
    words, now, before = years.words, years.now, years.before
    rows = [_row(words.stage(stage), now.stages[stage], before.stages[stage]) for stage in Stage]
    rows.append(_row(words.say(said("I alt")), now.leads, before.leads))
    return Table(
        words.say(said("Virksomheter etter steg")),
        (words.say(said("Steg")), *years.columns),
        tuple(rows),
        words.say(
            said(
                "Ved slutten av perioden. Året før er regnet tilbake fra det som er flyttet siden,"
                " for dem vi følger nå."
            )
        ),
        total=words.say(said("I alt")),
        filtered_by="stage" if years.period.under_way else "",
        keys=tuple(stage.value for stage in Stage),
    )


def _contacts(years: _Years) -> Table:
    words, now, before = years.words, years.now, years.before
    rows = [
        _row(words.kind(kind), now.kinds[kind], before.kinds[kind]) for kind in Kind if kind is not Kind.NOTE
    ]
    rows.append(_row(words.say(said("I alt")), now.contacts, before.contacts))
    rows.append(
        _row(words.say(said("Virksomheter vi har hatt kontakt med")), now.contacted, before.contacted)
    )
    return Table(
        words.say(said("Kontakter logget")),
        (words.say(said("Type")), *years.columns),
        tuple(rows),
        words.say(said("Notater og rørløft uten svar er ikke med.")),
        total=words.say(said("I alt")),
    )


def _matches(years: _Years) -> Table:
    words, now, before = years.words, years.now, years.before
    say = words.say
    rows = (
        _row(say(said("Forslag fra programmet")), now.suggestions.suggested, before.suggestions.suggested),
        _row(say(said("Svart ja")), now.suggestions.yes, before.suggestions.yes),
        _row(say(said("Svart nei")), now.suggestions.no, before.suggestions.no),
        (say(said("Andel ja")), *(_share(years, each.suggestions) for each in (now, before)), ""),
        _row(say(said("Koblinger opprettet")), now.introductions, before.introductions),
        _row(say(said("Koblinger der de har møttes")), now.met, before.met),
    )
    return Table(
        say(said("Forslag og koblinger")),
        (say(said("Hva")), *years.columns),
        rows,
        say(
            said("Samme virksomhet og behov telles én gang. Andelen er av ja og nei, og vises fra fem svar.")
        ),
    )


def _share(years: _Years, share: Share) -> str:
    enough = share.decided >= _FEWEST
    return percent(share.yes, share.decided) if enough else years.words.say(said("for få svar"))


def _established(years: _Years) -> tuple[Part, ...]:
    if not years.now.established:
        return ()
    return (Paragraphs(years.words.say(said("Etablert i perioden")), years.now.established),)


def _segments(session: Session, years: _Years) -> Table:
    words, period = years.words, years.period
    say = words.say
    columns = [
        said("Følges"),
        said("Nye"),
        said("Kontakter"),
        said("Koblinger"),
        said("Svart ja"),
        said("Etablert"),
    ]
    listed = session.scalars(segments.segments()).all()
    return Table(
        say(said("Etter satsingsområde")),
        (say(said("Satsingsområde")), *(say(column) for column in columns)),
        tuple(_segment_row(session, segment, period, words) for segment in listed),
        say(
            said("I parentes: %(year)s. En virksomhet i flere satsingsområder teller med i hvert av dem."),
            year=_last(years),
        ),
        filtered_by="segment" if period.under_way else "",
        keys=tuple(segment.code for segment in listed),
    )


def _segment_row(session: Session, segment: Segment, period: Period, words: Wording) -> tuple[str, ...]:
    now, before = (counts(session, each, segment_id=segment.id) for each in (period, period.year_before()))
    cells = (
        (now.leads, before.leads),
        (now.new_leads, before.new_leads),
        (now.contacts, before.contacts),
        (now.introductions, before.introductions),
        (now.suggestions.yes, before.suggestions.yes),
        (len(now.established), len(before.established)),
    )
    name = segment.name_in(words.language)
    return (name, *(f"{number(value)} ({number(then)})" for value, then in cells))


def _row(name: str, now: int, before: int) -> tuple[str, ...]:
    change = now - before
    sign = "+" if change > 0 else "−" if change < 0 else ""
    return name, number(now), number(before), f"{sign}{number(abs(change))}"


def number(value: int) -> str:
    """A whole number in groups of three."""
    return f"{value:,}".replace(",", "\u00a0")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}\u00a0%"
