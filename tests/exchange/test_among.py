from __future__ import annotations

from sqlalchemy import select

from crm.companies.models import Company
from crm.storage.among import among
from crm.storage.engines import Database


def test_many_rows_are_looked_up_in_one_statement(database: Database):
    with database.Read() as session:
        every = list(session.scalars(select(Company.id).order_by(Company.id)))
        numbers = [number for number in session.scalars(select(Company.orgnr)) if number]
        by_id = session.scalars(select(Company.id).where(among(Company.id, [*every[:2], 10**6])))
        by_number = session.scalars(select(Company.orgnr).where(among(Company.orgnr, [*numbers, 'a"b,c'])))
        assert sorted(by_id) == every[:2]
        assert sorted(by_number) == sorted(numbers)


def test_among_nothing_is_nothing(database: Database):
    with database.Read() as session:
        assert session.scalars(select(Company.id).where(among(Company.id, []))).all() == []
