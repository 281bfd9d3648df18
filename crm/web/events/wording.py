"""What the register's news is called, and what one might do about it."""

from __future__ import annotations

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from crm.events.models import Event
from crm.registry.differences import News
from crm.web.formats import readable_name, show_number

NEWS: dict[News, LazyString] = {
    News.NEW_NAME: _l("Nytt navn"),
    News.MOVED_IN: _l("Flyttet hit"),
    News.MOVED_OUT: _l("Flyttet ut av kommunen"),
    News.MOVED_ELSEWHERE: _l("Flyttet til en annen kommune"),
    News.MOVED_WITHIN: _l("Ny adresse i samme kommune"),
    News.NEW_INDUSTRY: _l("Ny næringskode"),
    News.STAFF_DOUBLED: _l("Dobbelt så mange ansatte eller mer"),
    News.STAFF_HALVED: _l("Halvparten så mange ansatte eller færre"),
    News.NEW_HOME_PAGE: _l("Ny hjemmeside"),
    News.ACCOUNTS_MISSING: _l("Årsregnskapet mangler"),
    News.WINDING_UP: _l("Under avvikling"),
    News.FORCED_DISSOLUTION: _l("Under tvangsoppløsning"),
    News.BANKRUPT: _l("Konkurs"),
    News.RECOVERED: _l("Ikke lenger konkurs eller under avvikling"),
    News.DISSOLVED: _l("Slettet fra registeret"),
    News.REMOVED: _l("Fjernet fra registeret"),
}
NEXT_STEPS: dict[News, LazyString] = {
    News.NEW_NAME: _l("Hør hva det nye navnet betyr for planene"),
    News.MOVED_IN: _l("Ønsk velkommen, og spør hva de trenger her"),
    News.MOVED_OUT: _l("Hør hvorfor de flyttet, og hva som kunne holdt på dem"),
    News.MOVED_ELSEWHERE: _l("Hør hva flyttingen betyr for planene"),
    News.MOVED_WITHIN: _l("Hør hvordan det går i nye lokaler"),
    News.NEW_INDUSTRY: _l("Hør hva de driver med nå"),
    News.STAFF_DOUBLED: _l("Gratuler, og spør om de trenger folk eller større lokaler"),
    News.STAFF_HALVED: _l("Hør hvordan det går, og om noen her kan hjelpe"),
    News.NEW_HOME_PAGE: _l("Les den nye hjemmesiden, og ta en prat"),
    News.ACCOUNTS_MISSING: _l("Hør hvordan det går med regnskapet"),
    News.WINDING_UP: _l("Hør hva som skjer, og om planene skal parkeres"),
    News.FORCED_DISSOLUTION: _l("Hør hva som skjer, og om planene skal parkeres"),
    News.BANKRUPT: _l("Finn ut hva som skjer med de ansatte og med planene"),
    News.RECOVERED: _l("Hør om planene kan tas opp igjen"),
    News.DISSOLVED: _l("Finn ut om noen fører virksomheten videre"),
    News.REMOVED: _l("Avklar om vi fortsatt skal følge virksomheten"),
}
GRAVE = frozenset(
    {
        News.STAFF_HALVED,
        News.ACCOUNTS_MISSING,
        News.WINDING_UP,
        News.FORCED_DISSOLUTION,
        News.BANKRUPT,
        News.DISSOLVED,
        News.REMOVED,
        News.MOVED_OUT,
    }
)
_NAMES = frozenset({News.NEW_NAME, News.MOVED_IN, News.MOVED_OUT, News.MOVED_ELSEWHERE})


def news_of(event: Event) -> str:
    """What happened, in a few words."""
    return str(NEWS[event.news])


def detail_of(event: Event) -> str:
    """What stood there before and what stands there now; empty where there is nothing to compare."""
    if event.news is News.ACCOUNTS_MISSING:
        return str(gettext("for %(year)s, fristen var 31. juli", year=event.after))
    was, now = _shown(event, event.before), _shown(event, event.after)
    if was and now:
        return f"{was} → {now}"
    return now or was


def _shown(event: Event, value: str) -> str:
    if event.news in _NAMES:
        return readable_name(value)
    return show_number(int(value)) if value.isdecimal() and len(value) < 8 else value


def is_grave(event: Event) -> bool:
    """Whether the news is of the kind one worries about."""
    return event.news in GRAVE


def next_step(event: Event) -> str:
    """What the follow-up of an event says, until somebody writes it better."""
    return str(NEXT_STEPS[event.news])
