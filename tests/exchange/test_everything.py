"""Everything goes out in an open form and comes in again to an equal database; all else is refused whole."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crm.errors import Conflict, InvalidInput
from crm.exchange import everything_in, everything_out, open_form
from crm.storage import schema, transfer
from crm.storage.engines import Database, open_database
from crm.storage.hashes import Tally, tallies
from crm.storage.snapshot import snapshot
from tests.exchange.handling import NOW, applied, judged, table

Parts = dict[str, bytes]
CONTENT = table(
    "Firma;Kommune;Kontaktperson;E-post;Notat;Neste steg",
    "Blåbær & Sønn AS;Elverum;Kari Nordmann;kari@blaabaer.no;Traff dem på messe;Ring",
    "=1+1;Hamar;Per Olsen;per@olsen.no;;",
)


def held(database: Database) -> dict[str, Tally]:
    with database.engine.connect() as connection:
        return tallies(connection)


@pytest.fixture
def out(database: Database, tmp_path: Path) -> Path:
    """A database with a file taken in and one still waiting, as a zip."""
    applied(database, CONTENT)
    judged(database, CONTENT.replace(b"Ring", b"Besoek"))
    path = tmp_path / "alt.zip"
    with snapshot(database) as session, path.open("wb") as stream:
        assert everything_out.write(session, stream, now=NOW) == held(database)
    return path


@pytest.fixture(scope="module")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "tom.sqlite"
    opened = open_database(f"sqlite:///{path}")
    schema.upgrade(opened.engine)
    opened.dispose()
    return path


@pytest.fixture
def target(_empty: Path, tmp_path: Path) -> Iterator[Database]:
    copy = tmp_path / "tom.sqlite"
    shutil.copyfile(_empty, copy)
    opened = open_database(f"sqlite:///{copy}")
    yield opened
    opened.dispose()


def emptied(database: Database) -> None:
    with transfer.rewriting(database.engine) as connection:
        transfer.empty(connection)


def test_an_empty_database_becomes_equal(database: Database, out: Path, target: Database):
    assert everything_in.read(target.engine, out) == held(database) == held(target)


def test_the_same_database_emptied_is_as_it_was_and_goes_on_counting(database: Database, out: Path):
    before = held(database)
    emptied(database)
    everything_in.read(database.engine, out)
    assert held(database) == before
    applied(database, table("Firma", "Nytt firma AS"))


def test_a_database_in_use_is_left_alone(database: Database, out: Path):
    before = held(database)
    with pytest.raises(Conflict):
        everything_in.read(database.engine, out)
    assert held(database) == before


def test_the_form_tells_what_it_holds(out: Path):
    with zipfile.ZipFile(out) as packed:
        told = json.loads(packed.read(open_form.SCHEMA))
        rows = [json.loads(line) for line in packed.read("tables/companies.jsonl").splitlines()]
        assert told["tables"]["companies"]["rows"] == len(rows)
        assert told["tables"]["leads"]["columns"]["company_id"]["of"] == ["companies.id"]
        assert packed.read("files/import_files/1").startswith(b"Firma;")
    assert {"Blåbær & Sønn AS", "=1+1"} <= {row["name"] for row in rows}


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def changed_schema(parts: Parts, **changes: Any) -> Parts:
    told = json.loads(parts[open_form.SCHEMA]) | changes
    return parts | {open_form.SCHEMA: json.dumps(told).encode()}


def changed_rows(parts: Parts, change: Callable[[bytes], bytes]) -> Parts:
    return parts | {"tables/companies.jsonl": change(parts["tables/companies.jsonl"])}


BYTES = "tables/import_files.jsonl"
HOSTILE: dict[str, Callable[[Parts], Parts]] = {
    "a part that is not ours": lambda parts: parts | {"../../etc/passwd": b"x"},
    "a file outside its folder": lambda parts: parts | {"files/import_files/../1": b"x"},
    "a table left out": lambda parts: {n: p for n, p in parts.items() if n != "tables/leads.jsonl"},
    "a table nobody knows": lambda parts: changed_schema(parts, tables={"sqlite_master": {}}),
    "another form": lambda parts: changed_schema(parts, format="noe annet"),
    "a newer version": lambda parts: changed_schema(parts, version=99),
    "another schema": lambda parts: changed_schema(parts, revision="0000"),
    "tables that are no object": lambda parts: changed_schema(parts, tables=[1]),
    "a schema that is no JSON": lambda parts: parts | {open_form.SCHEMA: b"{"},
    "a schema without end": lambda parts: parts | {open_form.SCHEMA: b"[" * 100_000},
    "a name changed": lambda parts: changed_rows(parts, lambda rows: rows.replace(b"=1+1", b"=1+2")),
    "a row less": lambda parts: changed_rows(parts, lambda rows: rows.partition(b"\n")[2]),
    "a row twice": lambda parts: changed_rows(parts, lambda rows: rows + rows),
    "a row that is no object": lambda parts: changed_rows(parts, lambda rows: b"[]\n" + rows),
    "a row without end": lambda parts: changed_rows(parts, lambda _rows: b'{"id":' * 100_000),
    "a key more": lambda parts: changed_rows(parts, lambda rows: rows.replace(b'{"id"', b'{"x":1,"id"')),
    "text for a number": lambda parts: changed_rows(
        parts, lambda rows: rows.replace(b'"version": 1', b'"version": "1; DROP"')
    ),
    "a day that is none": lambda parts: changed_rows(
        parts, lambda rows: rows.replace(b"2026-11-", b"2026-13-")
    ),
    "a choice that is none": lambda parts: changed_rows(
        parts, lambda rows: rows.replace(b'"ours"', b'"theirs"')
    ),
    "bytes from elsewhere": lambda parts: (
        parts
        | {
            "tables/import_files.jsonl": parts["tables/import_files.jsonl"].replace(
                b"files/import", b"/etc/import"
            )
        }
    ),
    "bytes that are another's": lambda parts: parts | {"files/import_files/1": b"noe annet"},
    "a bomb": lambda parts: parts | {"files/import_files/9": b"\0" * 20_000_000},
}


def refused(database: Database, path: Path) -> bool:
    try:
        everything_in.read(database.engine, path)
    except (InvalidInput, Conflict):
        return True
    return False


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_is_not_ours_is_refused_whole(out: Path, target: Database, tmp_path: Path):
    before, ours, bad = held(target), parts_of(out), tmp_path / "bad.zip"
    taken = []
    for name, change in HOSTILE.items():
        with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as packed:
            for part, content in change(ours).items():
                packed.writestr(part, content)
        if not refused(target, bad) or held(target) != before:
            taken.append(name)
    assert taken == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_damage_anywhere_is_refused_or_harmless(out: Path, target: Database, tmp_path: Path):
    content, bad, chance = out.read_bytes(), tmp_path / "damaged.zip", Random(7)  # noqa: S311  (damage, no secret)
    before = held(target)
    for _time in range(25):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        bad.write_bytes(damaged)
        if not everything_in.is_everything(bad):
            continue
        if refused(target, bad):
            assert held(target) == before
        else:
            emptied(target)
            before = held(target)
