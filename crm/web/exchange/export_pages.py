"""The page where a list is asked for as a file, and what it says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm import clock
from crm.companies import lists
from crm.exchange import listed, taking_out
from crm.exchange.formats import Listing
from crm.web import listing
from crm.web.access import actor_id
from crm.web.exchange.wording import wording
from crm.web.htmx import render
from crm.web.session import db

_MOST = 10_000_000
FORMS = {
    "xlsx": (_l("Excel"), _l("regneark med filter og et ark som sier hva lista er")),
    "csv": (_l("CSV for norsk Excel"), _l("semikolon og komma i tall")),
    "plain.csv": (_l("CSV for programmer"), _l("komma mellom, punktum i tall, datoer som 2026-12-31")),
    "jsonl": (_l("JSON-linjer"), _l("for programmer, ett objekt per virksomhet")),
    "vcf": (_l("Kontaktkort"), _l("personene hos virksomhetene, for adresseboka på telefonen")),
}


def form(*, problem: str = "", status: int = 200) -> Response:
    """What kind of file, which columns, and what for."""
    wanted, offered = listing.asked(), listed.offered(db())
    shown = request.form.getlist("column") or listed.of_view(listing.columns())
    words = wording()
    return render(
        "exchange/take_out.html",
        wanted=wanted,
        said=listing.in_words(wanted, listing.offered()),
        total=lists.count_up_to(db(), wanted, most=_MOST),
        forms=FORMS,
        chosen=request.values.get("form", "xlsx"),
        columns=[(column, column.header(words), column.name in shown) for column in offered],
        purpose=request.form.get("purpose", ""),
        problem=problem,
        earlier=db().scalars(taking_out.mine(actor_id()).limit(10)).all(),
        status=status,
    )


def impersonal() -> list[str]:
    """The columns that say nothing of persons."""
    return [column.name for column in listed.offered(db()) if not column.personal]


def wished(form: str, columns: Sequence[str]) -> taking_out.Wish:
    """What is asked for in this address and form; InvalidInput where something must be said first."""
    purpose = request.form.get("purpose", "")
    chosen = listed.chosen(listed.offered(db()), columns)
    about = _about(purpose if any(column.personal for column in chosen) else "")
    asked = Listing(listing.asked(), wording(), str(gettext("Virksomheter")), about, chosen)
    called = gettext("personer") if form == "vcf" else gettext("virksomheter")
    name = f"{called}-{clock.today():%Y-%m-%d}.{form.rpartition('.')[2]}"
    return taking_out.wish(form=form, listing=asked, purpose=purpose, file_name=name)


def _about(purpose: str) -> tuple[tuple[str, str], ...]:
    said = listing.in_words(listing.asked(), listing.offered()) or gettext("ingen filter, hele lista")
    pairs = (
        (gettext("Utvalg"), said),
        (gettext("Hentet av"), current_user.user.name),
        (gettext("Hentet"), f"{clock.now().astimezone(clock.OSLO):%d.%m.%Y kl. %H.%M}"),
        (gettext("Til"), purpose),
        (gettext("Kilde"), gettext("Klyngetorg, med data fra Enhetsregisteret (NLOD)")),
    )
    return tuple((str(what), str(how)) for what, how in pairs if how)
