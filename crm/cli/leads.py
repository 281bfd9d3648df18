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
from crm.companies.drafts import CompanyFilter, company_filter
from crm.companies.models import Stage
from crm.errors import said
from crm.exchange import companies as exchange
from crm.exchange.formats import FORMATS, write
from crm.saved import queries as saved
from crm.sheets.columns import Sheet

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
    words = _wording(language)
    with force_locale(language):
        about = ((gettext("Hentet"), f"{clock.now().astimezone(clock.OSLO):%d.%m.%Y kl. %H.%M}"),)
        sheet = Sheet(title=gettext("Virksomheter"), columns=exchange.columns(words), about=about)
        with database().Read() as session, _replacing(out) as file:
            wanted = _wanted(session, view)
            written = write(kind, session, wanted, words=words, sheet=sheet, stream=file)
    click.echo(f"{written.rows} rows")


def _wanted(session: Session, view: str) -> CompanyFilter:
    """The filter of a saved view; every lead where none is named."""
    return company_filter(saved.named(session, view).given if view else {})


def _wording(language: str) -> exchange.Wording:
    """The words of a language; asked for within its locale."""
    return exchange.Wording(
        column=lambda name: str(gettext(_COLUMNS[name])),
        stage=lambda stage: str(gettext(_STAGES[stage])),
        contact=lambda kind: str(gettext(_KINDS[Kind(kind)])),
        segment=lambda segment: segment.name_in(language),
    )


@contextmanager
def _replacing(out: Path) -> Iterator[BinaryIO]:
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
