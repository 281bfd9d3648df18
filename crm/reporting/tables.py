"""The tables and bars of the board report."""

from __future__ import annotations

from sqlalchemy.orm import Session

from crm.activities.models import Kind
from crm.companies.models import Stage
from crm.errors import said
from crm.reporting.counts import Share, counts
from crm.reporting.documents import Bar, Bars, Table
from crm.reporting.period import Period
from crm.reporting.wording import Wording, number
from crm.reporting.years import Years
from crm.segments import queries as segments
from crm.segments.models import Segment


def stage_bars(years: Years) -> Bars:
    words, now = years.words, years.now
    bars = tuple(Bar(words.stage(stage), now.stages[stage]) for stage in Stage)
    told = ", ".join(f"{bar.name} {bar.value}" for bar in bars if bar.value)
    return Bars(words.say(said("Hvor virksomhetene står nå")), bars, told)


def by_stage(years: Years) -> Table:
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


def of_contacts(years: Years) -> Table:
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


def of_matches(years: Years) -> Table:
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


def _share(years: Years, share: Share) -> str:
    return years.share(share) or years.words.say(said("for få svar"))


def by_segment(session: Session, years: Years) -> Table:
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
            year=years.last,
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
