"""The columns of a board, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from crm.companies import board, operations
from crm.companies.drafts import BoardFilter, CompanyDraft, LeadDraft, MoveDraft
from crm.companies.models import Lead, Stage
from crm.ordering import key_between
from tests.world import NOW, World


def followed(session: Session, stage: Stage, count: int) -> list[Lead]:
    made = []
    for number in range(count):
        at = NOW + timedelta(minutes=number)
        company = operations.create_company(session, None, CompanyDraft(name=f"Kort {number}"), now=at)
        made.append(operations.follow(session, None, company, LeadDraft(stage=stage), now=at))
    session.flush()
    return made


def test_a_column_is_read_piece_by_piece_in_its_order(session: Session, world: World):
    made = followed(session, Stage.VISIT, 7)
    newest_first = made[::-1]
    shown = [lead for lead in session.scalars(board.leads(BoardFilter(), each=2)) if lead in made]
    assert shown == newest_first[:3]
    last = shown[1]
    rest = board.column(BoardFilter(), Stage.VISIT, after=(last.board_key, last.id))
    assert session.scalars(rest).all() == newest_first[2:]
    assert board.counts(session, BoardFilter())[Stage.VISIT] == 7
    assert board.counts(session, BoardFilter(segment="helse"))[Stage.VISIT] == 0
    assert board.counts(session, BoardFilter(owner=world.developer.id))[Stage.IDENTIFIED] == 1


def test_a_lead_moves_between_two_others(session: Session, world: World):
    made = followed(session, Stage.VISIT, 3)
    between = key_between(made[1].board_key, made[0].board_key)
    draft = replace(MoveDraft(stage=Stage.VISIT), board_key=between)
    operations.move_lead(session, None, made[2], draft, now=NOW)
    shown = [lead for lead in session.scalars(board.leads(BoardFilter(), each=9)) if lead in made]
    assert shown == [made[1], made[2], made[0]]
    assert made[2].stage_since == NOW + timedelta(minutes=2)
