"""The leads as a file, from the terminal."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from crm import clock
from crm.activities.models import Kind
from crm.cli.console import database, fail, speaks_plainly
from crm.companies.drafts import company_filter
from crm.companies.wording import STAGES
from crm.errors import said
from crm.exchange import listed
from crm.exchange.formats import FORMATS, Listing, write
from crm.exchange.listed import Wording
from crm.saved import queries as saved
from crm.storage.snapshot import snapshot

group = AppGroup("leads", help="The companies we follow.")
# The same words as on the pages, which the terminal does not reach into; one catalogue translates both.
_COLUMNS = {
    "name": said("Virksomhet"),
    "orgnr": said("Organisasjonsnummer"),
    "municipality": said("Kommune"),
    "industry_code": said("Næringskode"),
    "industry": said("Næring"),
    "employees": said("Ansatte"),
    "segments": said("Satsingsområder"),
    "stage": said("Steg"),
    "owner": said("Ansvarlig"),
    "source": said("Kilde"),
    "last_contact": said("Siste kontakt"),
    "last_contact_kind": said("Type kontakt"),
    "next_step": said("Neste steg"),
    "next_step_on": said("Frist"),
    "person": said("Kontaktperson"),
    "person_phone": said("Telefon til kontaktperson"),
    "person_email": said("E-post til kontaktperson"),
    "home_page": said("Hjemmeside"),
    "phone": said("Telefon"),
}
_KINDS = {
    Kind.CALL: said("Rørløft"),
    Kind.MEETING: said("Møte"),
    Kind.VISIT: said("Besøk"),
    Kind.EMAIL: said("E-post"),
    Kind.EVENT: said("Arrangement"),
    Kind.NOTE: said("Notat"),
}


@group.command("export")
@click.option("--format", "kind", type=click.Choice(sorted(FORMATS)), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="the file to write")
@click.option(
    "--language", type=click.Choice(["nb", "nn", "en"]), default="nb", help="of headings and stages"
)
@click.option("--view", default="", help="the name of a saved view; without it, every lead")
@speaks_plainly
def export(kind: str, out: Path, language: str, view: str) -> None:
    """Write the leads to a file, as the list of leads or a saved view shows them; vcf has their persons."""
    if out.is_dir():
        fail(f"{out} is a folder. Give the name of a file.")
    with force_locale(language), snapshot(database()) as session, replacing(out) as file:
        written = write(kind, session, _listing(session, view, language), file)
    click.echo(f"{written.rows} rows")


def _listing(session: Session, view: str, language: str) -> Listing:
    """Every lead with every column; a saved view has its own filter, order and columns."""
    offered, words = listed.offered(session), _wording(language)
    about = ((gettext("Hentet"), f"{clock.now().astimezone(clock.OSLO):%d.%m.%Y kl. %H.%M}"),)
    title = str(gettext("Virksomheter"))
    if not view:
        return Listing(company_filter({}), words, title, about, offered)
    kept = saved.named(session, view)
    columns = listed.chosen(offered, listed.of_view(kept.columns))
    return Listing(company_filter(kept.given), words, kept.name, about, columns)


def _wording(language: str) -> Wording:
    """The words of a language; asked for within its locale."""
    return Wording(
        language=language,
        columns={name: str(gettext(word)) for name, word in _COLUMNS.items()},
        stages={stage.value: str(gettext(word)) for stage, word in STAGES.items()},
        contacts={kind.value: str(gettext(word)) for kind, word in _KINDS.items()},
    )


@contextmanager
def replacing(out: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of ``out`` once it is whole, and leaves no trace otherwise."""
    handle, name = tempfile.mkstemp(dir=out.absolute().parent, prefix=f".{out.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        with suppress(OSError):
            part.unlink()
