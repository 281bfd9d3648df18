"""The register is asked politely and its answers are taken for what they are."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crm.errors import CrmError, InvalidInput, NotFound, UpstreamError
from crm.sources.enhetsregisteret import RegisterApi
from crm.sources.outbound import Outbound
from crm.sources.register_answers import Change, Search
from crm.sources.units import RemovedUnit, SubUnit, Unit

Record = dict[str, object]


@pytest.fixture
def api(server: Any, outbound: Outbound) -> RegisterApi:
    return RegisterApi(outbound, base_url=f"{server.url}/api")


def page(*records: Record, number: int = 0, pages: int = 1, total: int = 1, of: str = "enheter") -> bytes:
    place = {"number": number, "size": 20, "totalElements": total, "totalPages": pages}
    held = {"_embedded": {of: records}} if records else {}
    return json.dumps(held | {"_links": {}, "page": place}).encode()


def asked(server: Any) -> list[tuple[str, dict[str, list[str]]]]:
    parts = [urlsplit(path) for path, _ in server.asked]
    return [(part.path, parse_qs(part.query)) for part in parts]


def test_a_search_asks_for_what_is_given_and_no_more(
    api: RegisterApi, server: Any, reply: Any, company: Record
) -> None:
    server.reply("/api/enheter", reply(page(company, total=41, pages=3)))
    found = api.find(Search(name=" måling ", municipality_no="3420", industries=("62", "86.2")), size=20)
    assert [unit.orgnr for unit in found.units] == ["811111112"]
    assert (found.number, found.total, found.total_pages, found.rejected) == (0, 41, 3, ())
    assert asked(server) == [
        (
            "/api/enheter",
            {
                "navn": ["måling"],
                "kommunenummer": ["3420"],
                "naeringskode": ["62,86.2"],
                "page": ["0"],
                "size": ["20"],
            },
        )
    ]


def test_an_empty_result_has_no_list_and_no_units(api: RegisterApi, server: Any, reply: Any) -> None:
    server.reply("/api/enheter", reply(page(total=0, pages=0)))
    found = api.find(Search(name="jibberish"))
    assert (found.units, found.total) == ((), 0)


def test_a_hit_that_cannot_be_read_is_told_and_stops_nobody(
    api: RegisterApi, server: Any, reply: Any, company: Record
) -> None:
    server.reply("/api/enheter", reply(page(company, company | {"antallAnsatte": "mange"})))
    found = api.find(Search(name="a"))
    assert len(found.units) == 1
    assert [(bad.position, bad.field) for bad in found.rejected] == [(2, "antallAnsatte")]


@pytest.mark.parametrize(("number", "size"), [(100, 100), (500, 20), (0, 10_001), (-1, 20), (0, 0)])
def test_the_register_is_not_asked_past_its_ten_thousandth_hit(
    api: RegisterApi, server: Any, number: int, size: int
) -> None:
    with pytest.raises(InvalidInput, match="10 000"):
        api.find(Search(name="a"), page=number, size=size)
    assert server.asked == []


def test_all_hits_are_read_page_by_page(api: RegisterApi, server: Any, reply: Any, company: Record) -> None:
    server.reply(
        "/api/enheter",
        reply(page(company, company, number=0, pages=2, total=3)),
        reply(page(company, number=1, pages=2, total=3)),
    )
    assert len(list(api.find_all(Search(municipality_no="3420"), size=2))) == 3
    assert [query["page"] for _, query in asked(server)] == [["0"], ["1"]]


def test_workplaces_of_companies_from_elsewhere_are_found(api: RegisterApi, server: Any, reply: Any) -> None:
    record = {
        "organisasjonsnummer": "811111112",
        "navn": "AVD ELVERUM",
        "organisasjonsform": {"kode": "BEDR"},
        "overordnetEnhet": "974760673",
    }
    server.reply("/api/underenheter", reply(page(record, of="underenheter")))
    (found,) = api.find_subunits(Search(municipality_no="3420")).units
    assert isinstance(found, SubUnit)
    assert found.parent == "974760673"


def test_a_unit_is_asked_for_by_its_number(
    api: RegisterApi, server: Any, reply: Any, company: Record
) -> None:
    server.reply("/api/enheter/811111112", reply(json.dumps(company).encode()))
    unit = api.unit("NO 811 111 112 MVA")
    assert isinstance(unit, Unit)
    assert unit.name == "FJELLVIND ANALYSE AS"


def test_a_dissolved_unit_keeps_its_date(api: RegisterApi, server: Any, reply: Any) -> None:
    short = {
        "organisasjonsnummer": "811111112",
        "navn": "SLETTET AS",
        "organisasjonsform": {"kode": "AS"},
        "slettedato": "2026-10-20",
    }
    server.reply("/api/enheter/811111112", reply(json.dumps(short).encode()))
    unit = api.unit("811111112")
    assert isinstance(unit, Unit)
    assert unit.dissolved_on == date(2026, 10, 20)


def test_a_unit_that_never_was_is_not_found(api: RegisterApi, server: Any, reply: Any) -> None:
    server.reply("/api/enheter/811111112", reply(status=404))
    with pytest.raises(NotFound, match="811111112"):
        api.unit("811111112")


def test_a_unit_taken_out_on_legal_grounds_is_to_be_erased(api: RegisterApi, server: Any, reply: Any) -> None:
    server.reply("/api/enheter/811111112", reply(status=410))
    server.reply("/api/underenheter/811111112", reply(status=410))
    assert api.unit("811111112") == RemovedUnit(orgnr="811111112")
    assert api.subunit("811111112") == RemovedUnit(orgnr="811111112")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Vedlikehold</html>",
        b'{"organisasjonsnummer": "8111',
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"organisasjonsnummer": "811111112"}',
        b'{"organisasjonsnummer": "974760673", "navn": "EN ANNEN", "organisasjonsform": {"kode": "AS"}}',
        b'{"organisasjonsnummer": "811111112", "navn": "\\ud800", "organisasjonsform": {"kode": "AS"}}',
        b'{"organisasjonsnummer": "811111112", "navn": NaN}',
    ],
)
def test_an_answer_that_is_none_changes_nothing(
    api: RegisterApi, server: Any, reply: Any, body: bytes
) -> None:
    server.reply("/api/enheter/811111112", reply(body))
    with pytest.raises(UpstreamError, match="ikke forstår"):
        api.unit("811111112")


@pytest.mark.parametrize(
    "body", [b"{}", b'{"_embedded": []}', b'{"page": 3}', b'{"_embedded": {"enheter": [1]}, "page": {}}']
)
def test_a_page_that_is_none_is_told(api: RegisterApi, server: Any, reply: Any, body: bytes) -> None:
    server.reply("/api/enheter", reply(body))
    with pytest.raises(UpstreamError):
        api.find(Search(name="a"))


def test_a_wrong_number_is_never_sent(api: RegisterApi, server: Any) -> None:
    with pytest.raises(CrmError):
        api.unit("01819000049")
    assert server.asked == []


def entry(number: int, kind: str = "Endring") -> Record:
    return {
        "oppdateringsid": number,
        "dato": "2026-11-22T04:02:12.345Z",
        "organisasjonsnummer": "811111112",
        "endringstype": kind,
        "_links": {},
    }


def feed(*entries: Record) -> bytes:
    held = {"_embedded": {"oppdaterteEnheter": entries}} if entries else {}
    return json.dumps(held | {"_links": {}, "page": {"totalElements": len(entries)}}).encode()


def test_the_feed_goes_on_after_the_last_entry_read(api: RegisterApi, server: Any, reply: Any) -> None:
    server.reply("/api/oppdateringer/enheter", reply(feed(entry(8), entry(9, "Fjernet"))))
    found = list(api.changes(after=7))
    moment = datetime(2026, 11, 22, 4, 2, 12, 345000, tzinfo=UTC)
    assert found == [Change(8, "811111112", "Endring", moment), Change(9, "811111112", "Fjernet", moment)]
    assert asked(server) == [("/api/oppdateringer/enheter", {"oppdateringsid": ["8"], "size": ["10000"]})]


def test_the_feed_is_read_to_its_end(api: RegisterApi, server: Any, reply: Any) -> None:
    full = feed(*(entry(number) for number in range(1, 10_001)))
    server.reply("/api/oppdateringer/enheter", reply(full), reply(feed(entry(10_005))))
    assert len(list(api.changes(after=0))) == 10_001
    assert [query["oppdateringsid"] for _, query in asked(server)] == [["1"], ["10001"]]


def test_the_feed_can_begin_at_a_moment(api: RegisterApi, server: Any, reply: Any) -> None:
    server.reply("/api/oppdateringer/underenheter", reply(feed()))
    since = datetime(2026, 11, 22, 1, 30, tzinfo=timezone(timedelta(hours=1)))
    assert list(api.changes("underenheter", since=since)) == []
    assert asked(server)[0][1]["dato"] == ["2026-11-22T00:30:00.000Z"]


def test_the_feed_is_never_read_from_its_beginning(api: RegisterApi) -> None:
    with pytest.raises(ValueError, match="after or since"):
        list(api.changes())


@pytest.mark.parametrize("change", [{"dato": "i går"}, {"oppdateringsid": "x"}, {"endringstype": ...}])
def test_an_entry_that_cannot_be_read_is_told(
    api: RegisterApi, server: Any, reply: Any, change: Record
) -> None:
    broken = {key: value for key, value in (entry(8) | change).items() if value is not ...}
    server.reply("/api/oppdateringer/enheter", reply(feed(broken)))
    with pytest.raises(UpstreamError, match="ikke forstår"):
        list(api.changes(after=7))
