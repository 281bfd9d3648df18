"""The register is followed from where a file left off; whatever it answers, good data is never blanked."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crm.companies import operations as companies
from crm.companies.models import Company
from crm.errors import Conflict, CrmError, UpstreamError
from crm.jobs import register_load, register_sync, worker
from crm.registry.models import FeedPosition, LoadState, RegisterLoad, SubUnit, Unit
from crm.storage.engines import Database
from tests import register as fake
from tests.register import FakeRegister, Hostile, sub_unit, unit

NUMBERS = ("974760673", "983971709", "923609016")
PLACE = "811111112"
ENK = {"kode": "ENK", "beskrivelse": "Enkeltpersonforetak"}


@pytest.fixture
def register(socket_enabled: None) -> Iterator[FakeRegister]:
    with fake.serving() as server:
        yield server


@pytest.fixture
def loaded(database: Database, tmp_path: Path, now: datetime) -> Database:
    """Two units and a sub-unit from files written the day before."""
    for name, records in {
        "enheter": [unit(NUMBERS[0]), unit(NUMBERS[1])],
        "underenheter": [sub_unit(PLACE, NUMBERS[0])],
    }.items():
        path = tmp_path / f"{name}.json.gz"
        path.write_bytes(gzip.compress(json.dumps(records).encode()))
        yesterday = (now - timedelta(days=1)).timestamp()
        os.utime(path, (yesterday, yesterday))
        register_load.load_file(database, str(path), now=lambda: now)
    return database


def follow(database: Database, register: FakeRegister, now: datetime, kind: Any = "units") -> Any:
    return register_sync.follow(database, register.api, kind, now=lambda: now)


def named(database: Database) -> dict[str, str]:
    with database.Read() as session:
        return {unit.orgnr: unit.name for unit in session.scalars(select(Unit))}


def position(database: Database, feed: str = "enheter") -> FeedPosition:
    with database.Read() as session:
        return session.get_one(FeedPosition, feed)


def test_a_file_leaves_off_a_day_before_it_was_written(loaded: Database, now: datetime):
    assert position(loaded).since == now - timedelta(days=2)
    assert position(loaded, "underenheter").last_id is None


def test_a_file_is_no_younger_than_its_newest_registration_says(
    database: Database, tmp_path: Path, now: datetime
):
    path = tmp_path / "enheter.json"
    path.write_text(json.dumps([unit(NUMBERS[0], registreringsdatoEnhetsregisteret="2026-11-09")]))
    register_load.load_file(database, str(path), now=lambda: now)
    assert position(database).since == datetime(2026, 11, 7, 23, tzinfo=UTC)


def test_the_new_the_changed_the_closed_and_the_removed_are_taken_in(
    loaded: Database, register: FakeRegister, now: datetime
):
    register.tell("Ny", unit(NUMBERS[2], navn="HELT NY AS"))
    register.tell("Endring", unit(NUMBERS[0], navn="NYTT NAVN AS"))
    register.tell("Sletting", unit(NUMBERS[1], slettedato="2026-11-22"))
    counts = follow(loaded, register, now)
    assert (counts.read, counts.new, counts.changed, counts.removed) == (3, 1, 2, 0)
    assert named(loaded)[NUMBERS[2]] == "HELT NY AS"
    with loaded.Read() as session:
        closed = session.get_one(Unit, NUMBERS[1])
        assert (closed.dissolved_on, closed.industry) == (date(2026, 11, 22), "86.950")
    register.tell("Fjernet", unit(NUMBERS[0]))
    assert follow(loaded, register, now + timedelta(days=1)).removed == 2
    assert NUMBERS[0] not in named(loaded)
    with loaded.Read() as session:
        assert session.get(SubUnit, PLACE) is None


def test_sub_units_have_a_feed_of_their_own(loaded: Database, register: FakeRegister, now: datetime):
    register.tell("Ny", sub_unit("923609016", NUMBERS[0], navn="NYTT ARBEIDSSTED"))
    register.tell("Sletting", sub_unit(PLACE, NUMBERS[0]))
    counts = follow(loaded, register, now, "subunits")
    assert (counts.new, counts.changed) == (1, 1)
    with loaded.Read() as session:
        assert session.get_one(SubUnit, PLACE).closed_on == date(2026, 11, 22)
    assert position(loaded).read_at is None


def test_the_feed_is_read_on_from_the_last_entry_and_a_second_time_changes_nothing(
    loaded: Database, register: FakeRegister, now: datetime
):
    register.tell("Endring", unit(NUMBERS[0], navn="NYTT NAVN AS"))
    follow(loaded, register, now)
    again = follow(loaded, register, now + timedelta(days=1))
    assert (again.read, again.changed) == (0, 0)
    assert register.asked[0].startswith("/api/oppdateringer/enheter?dato=2026-11-21T09%3A00%3A00.000Z")
    assert register.asked[-1].startswith("/api/oppdateringer/enheter?oppdateringsid=23000004")


def test_the_same_entries_again_change_nothing(loaded: Database, register: FakeRegister, now: datetime):
    register.tell("Ny", unit(NUMBERS[2]))
    register.tell("Fjernet", unit(NUMBERS[1]))
    follow(loaded, register, now)
    before = named(loaded)
    with loaded.Mirror() as session:
        session.get_one(FeedPosition, "enheter").last_id = None
        session.commit()
    again = follow(loaded, register, now)
    assert (again.new, again.changed, again.unchanged, again.removed) == (0, 0, 1, 0)
    assert named(loaded) == before


def test_the_last_word_about_a_unit_counts_and_it_is_asked_for_once(
    loaded: Database, register: FakeRegister, now: datetime
):
    for name in ("EN AS", "TO AS", "TRE AS"):
        register.tell("Ukjent", unit(NUMBERS[0], navn=name))
    assert follow(loaded, register, now).read == 1
    assert named(loaded)[NUMBERS[0]] == "TRE AS"
    assert sum(path.startswith("/api/enheter") for path in register.asked) == 1


def test_a_unit_the_list_leaves_out_is_asked_for_alone(
    loaded: Database, register: FakeRegister, now: datetime
):
    register.tell("Endring", unit(NUMBERS[0], slettedato="2026-11-20"))
    register.tell("Endring", unit(NUMBERS[1]))
    register.gone.add(register.held["enheter"].pop(NUMBERS[1])["organisasjonsnummer"])
    register.tell("Endring", unit(NUMBERS[2]))
    del register.held["enheter"][NUMBERS[2]]
    counts = follow(loaded, register, now)
    assert (counts.changed, counts.removed) == (1, 1)
    assert list(named(loaded)) == [NUMBERS[0]]


def test_personal_forms_stay_out_and_what_cannot_be_read_leaves_what_we_knew(
    loaded: Database, register: FakeRegister, now: datetime
):
    register.tell("Ny", unit(NUMBERS[2], organisasjonsform=ENK))
    register.tell("Endring", unit(NUMBERS[0], antallAnsatte="mange"))
    register.tell("Endring", unit("12345", navn="FEIL NUMMER AS"))
    counts = follow(loaded, register, now)
    assert (counts.left_out, counts.rejected, counts.changed) == (1, 2, 0)
    assert sorted(named(loaded)) == sorted(NUMBERS[:2])


def test_our_company_follows_and_what_was_removed_is_forgotten(
    loaded: Database, register: FakeRegister, now: datetime
):
    with loaded.Write() as session:
        for number in NUMBERS[:2]:
            companies.company_of_unit(session, None, session.get_one(Unit, number), now=now)
        session.commit()
    later = now + timedelta(days=1)
    register.tell("Endring", unit(NUMBERS[0], navn="NYTT NAVN AS"))
    register.tell("Fjernet", unit(NUMBERS[1]))
    follow(loaded, register, later)
    with loaded.Read() as session:
        kept, erased = session.scalars(select(Company).order_by(Company.id))
        assert (kept.name, kept.facts_at) == ("NYTT NAVN AS", later)
        assert (erased.orgnr, erased.name, erased.closed) == (None, "Fjernet fra registeret", "removed")


UNIT_PAGE = b'{"_embedded": {"enheter": [%s]}, "page": {"number": 0, "totalElements": 1, "totalPages": 1}}'
ENTRY = (
    b'{"oppdateringsid": 23000003, "organisasjonsnummer": "974760673", "endringstype": "Endring",'
    b' "dato": "2026-11-22T04:02:12.345Z"}'
)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("path", ["oppdateringer/enheter", "enheter"])
@pytest.mark.parametrize(
    "answer",
    [
        Hostile(body=b""),
        Hostile(body=b"<html>Vedlikehold</html>"),
        Hostile(body=b"[]"),
        Hostile(body=b'{"_embedded": {"enheter": {}}, "page": {}}'),
        Hostile(body=b'{"_embedded": {"enheter": [{"organisasjonsnummer"'),
        Hostile(body=b'{"navn": "\xff\xfe"}'),
        Hostile(body=b'{"page": {"number": NaN}}'),
        Hostile(status=301, headers={"Location": "http://127.0.0.1:1/"}),
        Hostile(status=400, body=b'{"feilmelding": "nei"}'),
        Hostile(status=404),
        Hostile(status=429, headers={"Retry-After": "3600"}),
        Hostile(status=500),
        Hostile(status=503, headers={"Retry-After": "0"}),
        Hostile(body=b"{}", headers={"Content-Encoding": "gzip"}),
        Hostile(body=b"{}", headers={"Content-Length": "1000"}),
    ],
    ids=lambda answer: f"{answer.status} {answer.body[:12]!r} {list(answer.headers)}",
)
def test_an_answer_that_is_none_changes_nothing_and_is_told(
    loaded: Database, register: FakeRegister, now: datetime, path: str, answer: Hostile
):
    register.tell("Endring", unit(NUMBERS[0], navn="NYTT NAVN AS"))
    register.hostile[path] = Hostile(answer.status, answer.body, answer.headers)
    before, place = named(loaded), position(loaded)
    with pytest.raises(UpstreamError):
        follow(loaded, register, now)
    assert named(loaded) == before
    assert (position(loaded).last_id, position(loaded).since) == (place.last_id, place.since)
    with loaded.Read() as session:
        load = session.scalars(select(RegisterLoad).order_by(RegisterLoad.id.desc())).first()
        assert load
        assert load.state is LoadState.FAILED
        assert load.message
    register.hostile.clear()
    assert follow(loaded, register, now).changed == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"_embedded": {"oppdaterteEnheter": [%s, %s]}}' % (ENTRY, ENTRY),
        b'{"_embedded": {"oppdaterteEnheter": [%s]}}' % ENTRY.replace(b"23000003", b"9" * 40),
        b'{"_embedded": {"oppdaterteEnheter": [%s]}}' % ENTRY.replace(b'"2026', b'"9999999'),
        b'{"_embedded": {"oppdaterteEnheter": [%s]}}' % ENTRY.replace(b'"Endring"', b"null, 3"),
    ],
    ids=["stands still", "endless number", "no date", "broken"],
)
def test_a_feed_that_makes_no_sense_is_left_alone(
    loaded: Database, register: FakeRegister, now: datetime, body: bytes
):
    register.hostile["oppdateringer/enheter"] = Hostile(body=body)
    with pytest.raises(UpstreamError):
        follow(loaded, register, now)
    assert position(loaded).last_id is None


def test_a_register_that_suddenly_holds_nothing_is_not_believed(
    loaded: Database, register: FakeRegister, now: datetime
):
    for number in range(60):
        register.tell("Endring", unit(orgnr(number)))
    register.held["enheter"].clear()
    with pytest.raises(UpstreamError):
        follow(loaded, register, now)
    assert len(register.asked) == 2


def test_a_field_that_changed_its_kind_everywhere_stops_the_reading(
    loaded: Database, register: FakeRegister, now: datetime
):
    for number in range(60):
        register.tell("Endring", unit(orgnr(number), antallAnsatte={"antall": 5}))
    with pytest.raises(UpstreamError):
        follow(loaded, register, now)
    assert position(loaded).last_id is None


def test_what_was_taken_in_before_a_failure_is_not_asked_for_again(
    loaded: Database, register: FakeRegister, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("crm.sources.enhetsregisteret._ENTRIES", 2)
    for number in (*NUMBERS, PLACE):
        register.tell("Endring", unit(number, navn=f"ENDRET {number} AS"))
    pages = register_sync.RegisterApi.named
    calls: list[int] = []

    def fails_the_second_time(self: Any, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise UpstreamError("Registeret brøt forbindelsen.")
        return pages(self, *args)

    monkeypatch.setattr(register_sync.RegisterApi, "named", fails_the_second_time)
    with pytest.raises(UpstreamError):
        follow(loaded, register, now)
    assert position(loaded).last_id == 23_000_006
    assert follow(loaded, register, now).read == 2
    assert sum(name.startswith("ENDRET") for name in named(loaded).values()) == 4


def test_a_mirror_left_for_months_asks_for_a_new_file(
    loaded: Database, register: FakeRegister, now: datetime
):
    with pytest.raises(Conflict, match="92 dager"):
        follow(loaded, register, now + timedelta(days=90))
    assert register.asked == []


def test_nothing_is_followed_before_a_file_was_loaded(database: Database):
    with pytest.raises(Conflict):
        register_sync.followed(database)


def test_the_night_reads_each_feed_once_and_again_an_hour_after_a_failure(
    loaded: Database, register: FakeRegister, now: datetime
):
    evening = datetime(2026, 11, 24, 2, 59, tzinfo=UTC)
    assert register_sync.due(loaded, now=evening) == []
    night = evening + timedelta(minutes=1)
    register.tell("Endring", unit(NUMBERS[0], navn="NYTT NAVN AS"))
    register.hostile["oppdateringer/enheter"] = Hostile(status=500)
    at_night = worker.Worker(loaded, register.api, lambda: night)
    at_night.sweep()
    assert register_sync.due(loaded, now=night + timedelta(minutes=59)) == []
    assert register_sync.due(loaded, now=night + timedelta(minutes=61)) == ["units"]
    register.hostile.clear()
    worker.Worker(loaded, register.api, lambda: night + timedelta(minutes=61)).sweep()
    assert named(loaded)[NUMBERS[0]] == "NYTT NAVN AS"
    assert register_sync.due(loaded, now=night + timedelta(hours=9)) == []


def test_a_closed_network_reads_nothing_and_says_so(loaded: Database, now: datetime):
    register_sync.follow_what_is_due(loaded, None, home="3420", now=lambda: now)
    with pytest.raises(CrmError, match="CRM_OFFLINE"):
        register_sync.follow(loaded, None, "units", now=lambda: now)


def orgnr(number: int) -> str:
    """The number of that order among those whose control digit fits."""
    from stdnum.no import orgnr as numbers  # noqa: PLC0415

    stem = 81_000_000 + number * 11
    while True:
        for digit in range(10):
            if numbers.checksum(f"{stem}{digit}") == 0:
                return f"{stem}{digit}"
        stem += 1
