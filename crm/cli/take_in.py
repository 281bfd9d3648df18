"""A spreadsheet into the companies we follow, from the terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from crm import clock
from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.cli.console import database, fail, settings, speaks_plainly, writing
from crm.errors import InvalidInput
from crm.exchange import everything_in, operations, queries
from crm.exchange import rejects as refused
from crm.exchange.drafts import choices_draft, choices_of, columns_draft
from crm.exchange.fields import Field
from crm.exchange.mapping import plain
from crm.exchange.models import Import, ImportRow, Verdict
from crm.jobs import import_run
from crm.sheets.opening import Wanted
from crm.sheets.tables import letter
from crm.storage.hashes import one_hash

_TOLD = 50
_READ = ("encoding", "delimiter", "sheet", "header")
_MAPPING = ("columns", *_READ, "keep", "source", "purpose", "day_form", "decimal")
_PURPOSE = "Oppfølging av virksomheter"


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="say what would happen; write nothing")
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="JSON: heading to field, how to read the file"
)
@click.option("--as", "email", default="", help="whose import it is; the first user where nothing is said")
@click.option("--rejects", type=click.Path(path_type=Path), help="a file for the rows that were refused")
@click.option("--source", default="", help="where the persons in it are from")
@click.option("--purpose", default="", help="what the persons in it are for")
@with_appcontext
@speaks_plainly
def take_in(
    file: Path,
    *,
    dry_run: bool,
    mapping: Path | None,
    email: str,
    rejects: Path | None,
    source: str,
    purpose: str,
) -> None:
    """Take a spreadsheet in: CSV, TSV, XLSX, XLS or ODS. Rows that cannot be taken in are told one by one.

    A zip made by ``export all`` is read back whole, into an empty database.

    Fields of a mapping: {"columns": {"Firma": "name", "Farge": "none"}, "encoding": "cp1252",
    "delimiter": ";", "sheet": "Ark1", "header": 2, "keep": ["phone"], "source": "...", "purpose": "..."}.
    """
    if file.is_file() and everything_in.is_everything(file):
        _everything(file, dry_run=dry_run)
        return
    asked = _mapping(mapping)
    asked |= {name: value for name, value in (("source", source), ("purpose", purpose)) if value}
    with writing() as session:
        found = _receive(session, file, email, asked)
        import_id = found.id
    try:
        import_run.run(database(), import_id)
        if not dry_run:
            with writing() as session:
                operations.request_applying(session, None, session.get_one(Import, import_id))
            import_run.run(database(), import_id)
        _report(import_id)
        if rejects:
            _write_rejects(import_id, rejects)
        _count(import_id)
    finally:
        if dry_run:
            _forget(import_id)


def _everything(file: Path, *, dry_run: bool) -> None:
    """An open export, read back into an empty database."""
    if dry_run:
        fail("An open export is taken in whole or not at all; leave --dry-run out.")
    found = everything_in.read(database().engine, file)
    count = sum(one.rows for one in found.values())
    click.echo(f"hash: {one_hash(found)}")
    click.echo(f"rows: {count} read, {count} new, 0 updated, 0 unchanged, 0 rejected")


def _receive(session: Session, file: Path, email: str, asked: dict[str, Any]) -> Import:
    """The file, ready for its verdicts."""
    most = settings().max_upload_mb * 1024 * 1024
    if file.stat().st_size > most:
        raise InvalidInput("Fila er større enn %(most)s MB.", field="file", most=settings().max_upload_mb)
    user = _user(session, email)
    actor_id = user.id if user else None
    found = operations.receive(session, actor_id, file.name, file.read_bytes(), now=clock.now())
    wanted = {name: asked[name] for name in _READ if name in asked}
    if wanted:
        operations.read_otherwise(session, found, Wanted(**wanted))
    fields = columns_draft(_columns(found, asked.get("columns", {})), len(found.header))
    guessed = choices_of(found.choices)
    choices = choices_draft(
        fields,
        keep=asked.get("keep", ()),
        source=asked.get("source", "") or file.name,
        purpose=asked.get("purpose", "") or _PURPOSE,
        day_form=asked.get("day_form", guessed.day_form),
        decimal=asked.get("decimal", guessed.decimal),
    )
    operations.request_verdicts(session, found, fields, choices)
    return found


def _user(session: Session, email: str) -> User | None:
    return accounts.get_by_email(session, email) if email else accounts.first_user(session)


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        fail(f"{path} is not JSON: {error}")
    if not isinstance(given, dict):
        fail(f"{path} must hold an object.")
    known = set(_MAPPING)
    if not known & given.keys():  # headings and fields alone
        return {"columns": given}
    if strange := sorted(given.keys() - known):
        fail(f"{path} has {strange[0]!r}. It may have: {', '.join(sorted(known))}.")
    return given


def _columns(found: Import, given: dict[str, Any]) -> list[str]:
    """The guessed fields, and those the mapping names instead; a field chosen there is nobody else's."""
    chosen = {plain(heading): str(field or Field.NONE) for heading, field in given.items()}
    headings = [plain(name) for name in found.header]
    if strange := [heading for heading in given if plain(heading) not in headings]:
        fail(f"The file has no column {strange[0]!r}. It has: {', '.join(found.header)}.")
    fields = {field.value for field in Field}
    if wrong := [field for field in chosen.values() if field not in fields]:
        fail(f"There is no field {wrong[0]!r}. There are: {', '.join(sorted(fields))}.")
    taken = set(chosen.values())
    return [
        chosen.get(heading, Field.NONE if guessed in taken else guessed)
        for heading, guessed in zip(headings, found.columns, strict=True)
    ]


def _report(import_id: int) -> None:
    """Each row that was not taken in, on stderr."""
    with database().Read() as session:
        found = session.get_one(Import, import_id)
        wanted = queries.rows(import_id).where(ImportRow.verdict.in_([Verdict.REJECTED, Verdict.DUPLICATE]))
        _tell(found, session.scalars(wanted.limit(_TOLD)).all())
    if (more := _refused(_counts(import_id)) - _TOLD) > 0:
        click.echo(f"… and {more} more", err=True)


def _counts(import_id: int) -> dict[str, int]:
    with database().Read() as session:
        return queries.verdict_counts(session, import_id)


def _refused(counts: dict[str, int]) -> int:
    return counts["rejected"] + counts["duplicate"]


def _count(import_id: int) -> None:
    counts = _counts(import_id)
    click.echo(
        f"rows: {sum(counts.values())} read, {counts['new']} new, {counts['updated']} updated,"
        f" {counts['unchanged']} unchanged, {_refused(counts)} rejected"
    )


def _tell(found: Import, rows: Iterable[ImportRow]) -> None:
    with force_locale("en"):
        for row in rows:
            for remark in row.remarks:
                if not remark["error"] and row.verdict is Verdict.REJECTED:
                    continue
                column = remark["column"]
                named = column is not None and column < len(found.header)
                place = f", column {letter(column)} ({found.header[column]})" if named else ""
                click.echo(f"row {row.number}{place}: {remark['code']}: {_said(remark)}", err=True)


def _said(remark: dict[str, Any]) -> str:
    """A remark in the language that is spoken."""
    sentence = remark["message"]
    return " ".join(gettext(sentence, **remark["values"]).split())


def _write_rejects(import_id: int, path: Path) -> None:
    with database().Read() as session, force_locale("en"):
        found = session.get_one(Import, import_id)
        content, _form = refused.as_file(session, found, heading=gettext("Hva er galt"), say=_said)
    path.write_bytes(content)


def _forget(import_id: int) -> None:
    with writing() as session:
        found = session.get(Import, import_id)
        if found is not None:
            operations.discard(session, found)
