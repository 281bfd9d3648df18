from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from crm.activities.models import Activity, FollowUp, Kind
from crm.companies import operations as companies
from crm.companies.drafts import ReachDraft
from crm.companies.models import Company, FactsSource, Stage
from crm.consents import operations as consents
from crm.consents.models import Address, Why
from crm.contacts.models import Contact
from crm.errors import Conflict, InvalidInput
from crm.exchange import operations
from crm.exchange.models import Import, ImportFile, ImportState
from crm.history.models import Entry
from crm.storage.engines import Database
from tests.exchange import handling
from tests.exchange.handling import applied, company, counts, judged, live, rows, said, size, table, undo
from tests.world import ORGNR, OTHER_ORGNR, THIRD_ORGNR

ADMIN = "admin@example.org"
OTHER = "+4733000000"
HEADER = "Org nr;Firma;Kommune;Ansatte;Kontaktperson;Mobil;E-post;Status;Notat;Neste steg;Frist"
FULL = table(
    HEADER,
    f"{THIRD_ORGNR};Blåbær AS;Elverum;12;Kari Nordmann;912 34 567;kari@blaabaer.no;Kontaktet;Traff dem;Ring"
    ";1.12.2026",
    ";Bjørk Hjelpemidler;Hamar;;Ola Hansen;;;;;;",
    f"{THIRD_ORGNR};Blåbær AS;;;Per Olsen;;per@blaabaer.no;;;;",
)


class TestNewRows:
    def test_one_row_makes_company_lead_person_note_and_follow_up(self, database: Database):
        before = size(database)
        import_id = applied(database, FULL)
        assert counts(database, import_id) == {"new": 3}
        grown = {name: count - before[name] for name, count in size(database).items()}
        assert grown == {
            "companies": 2,
            "leads": 2,
            "lead_segments": 0,
            "contacts": 3,
            "company_roles": 3,
            "activities": 1,
            "follow_ups": 1,
        }
        made = company(database, "Blåbær AS")
        assert (made.orgnr, made.municipality_no, made.employees) == (THIRD_ORGNR, "3420", 12)
        assert made.lead is not None
        assert (made.lead.stage, made.lead.source) == (Stage.CONTACTED, "messe")
        assert made.lead.last_contact_at is None
        with database.Read() as session:
            note = session.scalars(select(Activity).where(Activity.company_id == made.id)).one()
            step = session.scalars(select(FollowUp).where(FollowUp.company_id == made.id)).one()
            person = session.scalars(select(Contact).where(Contact.name == "Kari Nordmann")).one()
        assert (note.kind, note.text) == (Kind.NOTE, "Traff dem")
        assert (step.text, step.due_on) == ("Ring", date(2026, 12, 1))
        assert (person.phone, person.source) == ("+4791234567", "messe; oppfølging")

    def test_nothing_is_written_before_it_is_applied(self, database: Database):
        before = live(database)
        judged(database, FULL)
        assert live(database) == before

    def test_the_same_file_twice_changes_nothing(self, database: Database):
        applied(database, FULL)
        before = live(database)
        again = applied(database, FULL)
        assert counts(database, again) == {"unchanged": 3}
        assert live(database) == before

    def test_every_record_leaves_a_line_in_the_trail(self, database: Database):
        applied(database, FULL)
        with database.Read() as session:
            actions = session.scalars(select(Entry.action).where(Entry.action.like("%:import"))).all()
        assert sorted(actions).count("companies:import") == 2
        assert {"leads:import", "contacts:import", "activities:import", "follow_ups:import"} <= set(actions)


class TestUpdates:
    def test_say_what_changes_from_what_to_what(self, database: Database):
        content = table("Org nr;Firma;Ansatte;Telefon", f"{ORGNR};Rullestolverkstedet AS;14;22000000")
        import_id = judged(database, content)
        (row,) = rows(database, import_id)
        assert row.plan["company"] == {"employees": [12, 14], "phone": [None, "+4722000000"]}
        assert counts(database, import_id) == {"updated": 1}

    def test_leave_filled_values_alone_where_that_was_chosen(self, database: Database):
        content = table("Org nr;Firma;Ansatte;Telefon", f"{ORGNR};Rullestolverkstedet AS;14;22000000")
        applied(database, content, keep=["employees"])
        found = company(database, "Rullestolverkstedet AS")
        assert (found.employees, found.phone) == (12, "+4722000000")

    def test_never_touch_what_the_register_says(self, database: Database):
        with database.Write() as session:
            session.execute(update(Company).values(facts_source=FactsSource.REGISTER))
            session.commit()
        import_id = applied(database, table("Org nr;Firma;Ansatte", f"{ORGNR};Et helt annet navn;99"))
        (row,) = rows(database, import_id)
        assert counts(database, import_id) == {"unchanged": 1}
        assert row.plan["kept"]["employees"] == [12, 99]

    def test_empty_cells_take_nothing_away(self, database: Database):
        before = live(database)
        import_id = applied(database, table("Org nr;Firma;Ansatte;Satsingsområder;Kilde", f"{ORGNR};;;;"))
        assert counts(database, import_id) == {"unchanged": 1}
        assert live(database) == before

    def test_find_companies_by_name_where_there_is_no_number(self, database: Database):
        import_id = applied(database, table("Firma;Hjemmeside", "ÅSEN KAFÉ AS;www.asen.no"))
        assert counts(database, import_id) == {"updated": 1}
        assert company(database, "Åsen Kafé AS").home_page == "www.asen.no"

    def test_add_segments_and_move_leads(self, database: Database):
        applied(database, table("Org nr;Segment;Steg;Ansvarlig", f"{ORGNR};Beredskap;Tapt;{ADMIN}"))
        lead = company(database, "Rullestolverkstedet AS").lead
        assert lead is not None
        assert lead.owner is not None
        assert {segment.code for segment in lead.segments} == {"beredskap", "helse"}
        assert (lead.stage, lead.resting_reason, lead.owner.email) == (
            Stage.LOST,
            "liste.csv",
            "admin@example.org",
        )

    def test_find_persons_by_address_and_by_name(self, database: Database):
        content = table(
            "Org nr;Kontaktperson;Stilling;E-post", f"{ORGNR};KARI EKSEMPEL;Styreleder;kari@eksempel.no"
        )
        before = size(database)
        import_id = applied(database, content)
        assert counts(database, import_id) == {"updated": 1}
        assert size(database) == before
        with database.Read() as session:
            assert session.scalars(select(Contact)).one().email == "kari@eksempel.no"

    def test_a_row_overtaken_by_somebody_is_not_written(self, database: Database):
        import_id = judged(database, table("Org nr;Telefon", f"{ORGNR};22000000"))
        with database.Write() as session:
            found = session.scalars(select(Company).where(Company.orgnr == ORGNR)).one()
            companies.change_reach(
                session, None, found, ReachDraft(version=found.version, phone="+4733000000")
            )
            session.commit()
        handling.apply(database, import_id)
        assert said(database, import_id) == {2: [("OVERTAKEN", None)]}
        assert company(database, "Rullestolverkstedet AS").phone == "+4733000000"


class TestErrors:
    def test_name_row_column_and_code(self, database: Database):
        content = table(
            "Org nr;Firma;Ansatte;Mobil;E-post;Status;Frist;Neste steg;Kontaktperson",
            "974760674;A;;;;;;;",
            f"{ORGNR};B;tolv;;;;;;",
            f"{OTHER_ORGNR};C;;123;;;;;Kari",
            f"{THIRD_ORGNR};D;;;kari@;;;;Kari",
            ";E;;;;Ukjent;;;",
            ";F;;;;;31.02.2026;Ring;",
            ";;;;;;;;Kari",
            "000000000;G;;;;;;;",
        )
        import_id = judged(database, content)
        assert said(database, import_id) == {
            2: [("ORG_CHECKSUM", 0)],
            3: [("NUMBER", 2)],
            4: [("PHONE", 3)],
            5: [("EMAIL", 4)],
            6: [("STAGE", 5)],
            7: [("DATE", 6)],
            8: [("NO_COMPANY", 1)],
            9: [("ORG_SERIES", 0)],
        }

    def test_rejected_rows_are_left_out_and_the_others_written(self, database: Database):
        before = size(database)["companies"]
        import_id = applied(database, table("Org nr;Firma", f"{THIRD_ORGNR};A", "974760674;B"))
        assert counts(database, import_id) == {"new": 1, "rejected": 1}
        assert size(database)["companies"] == before + 1

    def test_the_same_company_with_different_values_names_both_rows(self, database: Database):
        import_id = judged(
            database, table("Org nr;Firma;Ansatte", f"{THIRD_ORGNR};A;1", f"{THIRD_ORGNR};A;2")
        )
        assert counts(database, import_id) == {"rejected": 2}
        assert said(database, import_id) == {2: [("CONFLICT", None)], 3: [("CONFLICT", None)]}

    def test_a_persons_number_is_masked_everywhere(self, database: Database):
        personal = "01819000049"
        content = table(
            "Org nr;Firma;Notat", f"{personal};A;", f"{THIRD_ORGNR};B;nr {personal[:6]} {personal[6:]}"
        )
        import_id = applied(database, content)
        for row in rows(database, import_id):
            assert personal not in str((row.cells, row.plan, row.remarks))
            assert personal[6:] not in str((row.cells, row.plan, row.remarks))
        assert said(database, import_id)[3] == [("PERSONAL_ID", 2)]

    def test_columns_nobody_takes_in_are_counted(self, database: Database):
        import_id = judged(database, table("Org nr;Firma;Farge", f"{THIRD_ORGNR};A;rød", f"{OTHER_ORGNR};;"))
        with database.Read() as session:
            assert session.get_one(Import, import_id).counts["left_out"] == {"2": 1}

    def test_persons_need_a_source_and_a_purpose(self, database: Database):
        with pytest.raises(InvalidInput):
            judged(database, FULL, source="")
        with pytest.raises(InvalidInput):
            judged(database, FULL, purpose=" ")

    def test_a_file_that_breaks_off_writes_nothing_and_says_why(self, database: Database):
        content = table("Org nr;Firma", f"{THIRD_ORGNR};A", '"987;B')
        with pytest.raises(InvalidInput):
            judged(database, content * 300)
        with database.Read() as session:
            assert session.scalars(select(Import)).all() == []


class TestDuplicates:
    CONTENT = table("Firma;Kommune", "Rullestolverkstedet;Elverum")

    def test_a_name_like_one_of_ours_is_asked_about(self, database: Database):
        import_id = judged(database, self.CONTENT)
        (row,) = rows(database, import_id)
        assert counts(database, import_id) == {"duplicate": 1}
        assert row.plan["duplicate"]["name"] == "Rullestolverkstedet AS"

    def answered(self, database: Database, import_id: int, answer: str) -> None:
        (row,) = rows(database, import_id)
        with database.Write() as session:
            operations.answer(
                session, session.get_one(Import, import_id), row.number, answer, today=handling.TODAY
            )
            session.commit()

    def test_the_answer_that_it_is_the_same_changes_ours(self, database: Database):
        before = size(database)
        import_id = judged(database, self.CONTENT)
        self.answered(database, import_id, "same")
        handling.apply(database, import_id)
        assert size(database) == before

    def test_the_answer_that_it_is_another_makes_a_new_one(self, database: Database):
        before = size(database)["companies"]
        import_id = judged(database, self.CONTENT)
        self.answered(database, import_id, "other")
        handling.apply(database, import_id)
        assert size(database)["companies"] == before + 1

    def test_without_an_answer_nothing_is_written(self, database: Database):
        before = live(database)
        applied(database, self.CONTENT)
        assert live(database) == before

    def test_a_cell_put_right_gets_its_row_a_new_verdict(self, database: Database):
        import_id = judged(database, table("Org nr;Firma", "974760674;A"))
        with database.Write() as session:
            found = session.get_one(Import, import_id)
            operations.correct(session, found, 2, {0: THIRD_ORGNR}, today=handling.TODAY)
            session.commit()
        assert counts(database, import_id) == {"new": 1}
        handling.apply(database, import_id)
        assert company(database, "A").orgnr == THIRD_ORGNR


class TestUndoing:
    def test_takes_back_everything_and_gives_old_values_back(self, database: Database):
        before = live(database)
        content = table(
            HEADER + ";Segment",
            f"{ORGNR};Rullestolverkstedet;Oslo;99;Kari Eksempel;99999999;;Tapt;Notat;Ring;;Beredskap",
            f"{OTHER_ORGNR};;;4;Per Ny;;per@ny.no;;;;;",
            f"{THIRD_ORGNR};Ny AS;;;Kari Ny;;;;;Ring;;Helse",
        )
        import_id = applied(database, content)
        assert live(database) != before
        undo(database, import_id)
        assert handling.state(database, import_id) is ImportState.UNDONE
        assert live(database) == before

    def test_leaves_and_names_what_was_edited_since(self, database: Database):
        content = table("Org nr;Firma;Telefon", f"{ORGNR};;22000000", f"{THIRD_ORGNR};Ny AS;")
        import_id = applied(database, content)
        with database.Write() as session:
            for number, phone in ((ORGNR, "+4733000000"), (THIRD_ORGNR, "+4744000000")):
                found = session.scalars(select(Company).where(Company.orgnr == number)).one()
                companies.change_reach(session, None, found, ReachDraft(version=found.version, phone=phone))
            session.commit()
        undo(database, import_id)
        assert said(database, import_id) == {2: [("LEFT", None)], 3: [("LEFT", None)]}
        assert company(database, "Rullestolverkstedet AS").phone == "+4733000000"
        assert company(database, "Ny AS").phone == "+4744000000"

    def test_can_be_done_once(self, database: Database):
        import_id = applied(database, FULL)
        undo(database, import_id)
        with pytest.raises(Conflict):
            undo(database, import_id)


class TestTwoAtOnce:
    def test_the_second_worker_gets_nothing(self, database: Database):
        import_id = judged(database, FULL)
        with database.Write() as session:
            operations.request_applying(session, None, session.get_one(Import, import_id))
            session.commit()
        with database.Write() as session:
            assert operations.claim(session, import_id, now=handling.NOW) is not None
            session.commit()
        with database.Write() as session:
            assert operations.claim(session, import_id, now=handling.NOW) is None

    def test_applying_twice_is_a_conflict(self, database: Database):
        import_id = applied(database, FULL)
        with database.Write() as session, pytest.raises(Conflict):
            operations.request_applying(session, None, session.get_one(Import, import_id))


def test_the_bytes_of_a_file_are_gone_once_it_is_applied(database: Database):
    import_id = applied(database, FULL)
    with database.Read() as session:
        assert session.get(ImportFile, import_id) is None


def test_a_person_whose_address_is_shut_stays_out_and_the_row_says_so(database: Database):
    with database.Write() as session:
        consents.suppress(session, Address.EMAIL, "Kari@Blaabaer.no", Why.ERASED, now=handling.NOW)
        consents.suppress(session, Address.PHONE, "90 00 00 00", Why.OBJECTED, now=handling.NOW)
        session.commit()
    before = size(database)
    content = table(
        "Firma;Kontaktperson;E-post kontaktperson;Mobil",
        "Blåbær AS;Kari Nordmann;kari@blaabaer.no;",
        "Tyttebær AS;Ola Hansen;;+47 900 00 000",
        "Bringebær AS;Per Olsen;per@olsen.no;",
    )
    import_id = applied(database, content)
    assert said(database, import_id) == {2: [("SUPPRESSED", None)], 3: [("SUPPRESSED", None)]}
    grown = {name: count - before[name] for name, count in size(database).items()}
    assert (grown["companies"], grown["contacts"]) == (3, 1)
