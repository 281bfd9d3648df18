"""``register load``: one line when all is well, one line when it is not, and never half a file."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import event, func, select

from crm.registry.models import LoadState, RegisterLoad, Unit
from crm.storage.engines import Database
from tests import register as fake

Command = Callable[..., Result]
NUMBERS = ("974760673", "983971709", "923609016")
LINE = re.compile(
    r"(units|subunits): \d+ read, \d+ new, \d+ changed, \d+ unchanged, \d+ removed, \d+ rejected in \d+\.\d s"
)


def record(orgnr: str, **more: Any) -> dict[str, Any]:
    form = {"kode": "AS", "beskrivelse": "Aksjeselskap"}
    return {"organisasjonsnummer": orgnr, "navn": f"ENHET {orgnr} AS", "organisasjonsform": form, **more}


def packed(*records: Any) -> bytes:
    return gzip.compress(json.dumps(records, ensure_ascii=False).encode())


@pytest.fixture
def bulk(tmp_path: Path) -> Callable[..., Path]:
    def write(*records: Any, name: str = "enheter.json.gz") -> Path:
        path = tmp_path / name
        path.write_bytes(packed(*records))
        return path

    return write


def counted(database: Database) -> tuple[int, list[LoadState]]:
    with database.Read() as session:
        units = session.scalar(select(func.count()).select_from(Unit)) or 0
        states = select(RegisterLoad.state).order_by(RegisterLoad.id)
        return units, list(session.scalars(states))


def test_a_file_ends_with_the_line_scripts_read(command: Command, bulk: Callable[..., Path]) -> None:
    first = command("register", "load", bulk(*map(record, NUMBERS)))
    assert (first.exit_code, first.stderr) == (0, "")
    assert LINE.fullmatch(first.stdout.splitlines()[-1])
    assert first.stdout.startswith("units: 3 read, 3 new, 0 changed, 0 unchanged, 0 removed, 0 rejected in ")
    changed = [record(NUMBERS[0]), record(NUMBERS[1], navn="ANNET AS"), record(NUMBERS[2])]
    again = command("register", "load", bulk(*changed))
    assert "3 read, 0 new, 1 changed, 2 unchanged, 0 removed, 0 rejected" in again.stdout


def test_standard_input_is_a_file_too(command: Command) -> None:
    done = command("register", "load", "-", stdin=packed(record(NUMBERS[0])))
    assert done.stdout.startswith("units: 1 read, 1 new")


def test_sub_units_are_told_apart(command: Command, bulk: Callable[..., Path]) -> None:
    place = record(NUMBERS[0], organisasjonsform={"kode": "BEDR"}, overordnetEnhet=NUMBERS[1])
    path = bulk(place)
    assert command("register", "load", path).stdout.startswith("subunits: 1 read, 1 new")
    assert command("register", "load", path, "--kind", "subunits").exit_code == 0
    refused = command("register", "load", path, "--kind", "units")
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 1)
    assert command("register", "load", path, "--kind", "people").exit_code == 2


def test_personal_forms_and_rejected_units_are_told_of(
    command: Command, bulk: Callable[..., Path], own_database: Database
) -> None:
    person = record(NUMBERS[1], organisasjonsform={"kode": "ENK"})
    path = bulk(record(NUMBERS[0]), person, record("974760674"), record(NUMBERS[2], antallAnsatte="mange"))
    done = command("register", "load", path)
    assert done.exit_code == 0
    assert "4 read, 1 new, 0 changed, 0 unchanged, 0 removed, 2 rejected" in done.stdout
    told = done.stderr.splitlines()
    assert told[0] == "1 units of personal legal forms were left out."
    assert told[1].startswith("rejected no. 3, field organisasjonsnummer: ")
    assert told[2].startswith("rejected no. 4, field antallAnsatte: ")
    assert counted(own_database)[0] == 1


def csv_without(column: str) -> bytes:
    header = [name for name in ("organisasjonsnummer", "navn", "organisasjonsform.kode") if name != column]
    return (",".join(header) + "\n" + ",".join(["x"] * len(header)) + "\n").encode()


BROKEN_IN_2 = b"[" + json.dumps(record(NUMBERS[1])).encode() + b', {"organisasjonsnummer": "92]'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (packed(record(NUMBERS[1]), record(NUMBERS[2]))[:-30], ("enheter.json.gz",)),
        (BROKEN_IN_2, ("enheter.json.gz", "2")),
        (csv_without("navn"), ("enheter.json.gz", "navn")),
        (b"%PDF-1.7 ...", ("enheter.json.gz", "PDF")),
        (b"", ("enheter.json.gz",)),
    ],
    ids=["truncated gzip", "broken JSON", "missing column", "another type", "empty"],
)
def test_a_bad_file_gives_one_line_and_changes_nothing(
    command: Command, bulk: Callable[..., Path], own_database: Database, content: bytes, told: tuple[str, ...]
) -> None:
    command("register", "load", bulk(record(NUMBERS[0])))
    before = counted(own_database)[0]
    path = bulk()
    path.write_bytes(content)
    done = command("register", "load", path)
    assert (done.exit_code, done.stdout) == (1, "")
    [line] = done.stderr.splitlines()
    assert all(word in line for word in told)
    assert counted(own_database)[0] == before


@pytest.mark.parametrize("where", ["missing", "."])
def test_a_missing_file_and_a_folder_are_named(command: Command, tmp_path: Path, where: str) -> None:
    done = command("register", "load", tmp_path / where)
    assert done.exit_code == 1
    assert str(tmp_path / where) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_unreadable_file_is_named(command: Command) -> None:
    unreadable = Path("/proc/self/mem")
    if not unreadable.exists():
        pytest.skip("this system has no file that always refuses to be read")
    done = command("register", "load", unreadable)
    assert done.exit_code == 1
    assert str(unreadable) in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_full_disk_gives_one_line_and_changes_nothing(
    command: Command, bulk: Callable[..., Path], own_database: Database
) -> None:
    command("register", "load", bulk(record(NUMBERS[0])))
    own_database.dispose()

    def small(raw: Any, _record: object) -> None:
        pages = raw.execute("PRAGMA register.page_count").fetchone()[0]
        raw.execute(f"PRAGMA register.max_page_count = {pages + 2}")

    event.listen(own_database.beside, "connect", small)
    texts = ["tekst " * 3000 + number for number in NUMBERS]
    records = [
        record(number, vedtektsfestetFormaal=text) for number, text in zip(NUMBERS, texts, strict=True)
    ]
    done = command("register", "load", bulk(*records))
    event.remove(own_database.beside, "connect", small)
    own_database.dispose()
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "The disk is full. Make room on the disk. The program recovers by itself.\n"
    assert counted(own_database)[0] == 1
    assert command("register", "load", bulk(*records)).exit_code == 0


def test_a_failed_load_stands_in_the_ledger(
    command: Command, bulk: Callable[..., Path], own_database: Database
) -> None:
    path = bulk()
    path.write_bytes(BROKEN_IN_2)
    command("register", "load", path)
    assert counted(own_database) == (0, [LoadState.FAILED])


def test_following_the_register_needs_a_file_first_and_an_open_network(
    command: Command, bulk: Callable[..., Path]
) -> None:
    refused = command("register", "sync")
    assert (refused.exit_code, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    command("register", "load", bulk(record(NUMBERS[0])))
    closed = command("register", "sync")
    assert (closed.exit_code, closed.stdout, len(closed.stderr.splitlines())) == (1, "", 1)
    assert "CRM_OFFLINE" in closed.stderr


def test_following_the_register_ends_with_the_line_scripts_read(
    command: Command,
    bulk: Callable[..., Path],
    own_database: Database,
    socket_enabled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command("register", "load", bulk(record(NUMBERS[0])))
    with fake.serving() as register:
        register.tell("Endring", fake.unit(NUMBERS[0], navn="NYTT NAVN AS"), at="2199-01-01T00:00:00.000Z")
        register.tell("Ny", fake.unit(NUMBERS[1]), at="2199-01-01T00:00:00.000Z")
        monkeypatch.setattr("crm.cli.register.register_api", lambda _settings: register.api)
        done = command("register", "sync")
    assert (done.exit_code, done.stderr) == (0, "")
    assert LINE.fullmatch(done.stdout.splitlines()[-1])
    assert done.stdout.startswith("units: 2 read, 1 new, 1 changed, 0 unchanged, 0 removed, 0 rejected in ")
