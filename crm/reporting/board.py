"""The board report: how the programme went this year, in plain words, against the year before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from crm import clock
from crm.errors import said
from crm.reporting import tables
from crm.reporting.counts import Share, counts
from crm.reporting.documents import Document, Figure, Paragraphs, Part
from crm.reporting.period import Period
from crm.reporting.wording import Wording, number
from crm.reporting.years import Years


def board_report(session: Session, period: Period, words: Wording, *, now: datetime) -> Document:
    """The report of a period; a year without anything in it is told as such, never left blank."""
    years = Years(counts(session, period), counts(session, period.year_before()), period, words)
    say = words.say
    return Document(
        title=say(said("Styrerapport %(year)s"), year=period.year),
        about=_about(years),
        language=words.language,
        figures=_figures(years),
        parts=(
            Paragraphs(say(said("Kort fortalt")), _in_short(years)),
            tables.stage_bars(years),
            tables.by_stage(years),
            tables.of_contacts(years),
            tables.of_matches(years),
            *_established(years),
            tables.by_segment(session, years),
        ),
        foot=say(
            said("Laget %(day)s fra loggen i Klyngetorg. Tallene er de som sto der da."),
            day=words.day(now.astimezone(clock.OSLO).date()),
        ),
    )


def _about(years: Years) -> str:
    say, period, day = years.words.say, years.period, years.words.day
    if period.whole:
        return say(said("Hele året, mot hele %(before)s"), before=period.year - 1)
    return say(
        said("%(first)s – %(last)s, mot samme tid i %(before)s"),
        first=day(period.first),
        last=day(period.last),
        before=period.year - 1,
    )


def _figures(years: Years) -> tuple[Figure, ...]:
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
            say(name), number(value), say(said("%(value)s i %(year)s"), value=number(then), year=years.last)
        )
        for name, value, then in named
    )


def _in_short(years: Years) -> tuple[str, ...]:
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


def _brought_together(years: Years) -> str:
    say, now = years.words.say, years.now
    if not now.introductions:
        return say(said("Ingen koblinger mellom virksomheter og partnere er opprettet i perioden."))
    return say(
        said("Koblinger mellom virksomheter og partnere: %(opened)s opprettet, og i %(met)s har de møttes."),
        opened=number(now.introductions),
        met=number(now.met),
    )


def _against(years: Years, value: int, before: int) -> str:
    say, year = years.words.say, years.last
    if value == before:
        return say(said("like mange som i %(year)s"), year=year)
    if value > before:
        return say(said("%(more)s flere enn i %(year)s"), more=number(value - before), year=year)
    return say(said("%(fewer)s færre enn i %(year)s"), fewer=number(before - value), year=year)


def _acceptance(years: Years, share: Share) -> str:
    say, yes = years.words.say, years.share(share)
    if yes is None:
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
        share=yes,
    )


def _established(years: Years) -> tuple[Part, ...]:
    if not years.now.established:
        return ()
    return (Paragraphs(years.words.say(said("Etablert i perioden")), years.now.established),)
