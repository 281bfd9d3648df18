"""Naming a colleague with @ in the log."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts.drafts import UserDraft
from crm.accounts.permissions import Role
from crm.activities import mentions, operations
from crm.activities.drafts import Subject, activity_draft
from crm.mail.models import Mail
from tests.world import NOW, World


def log(session: Session, world: World, text: str) -> list[Mail]:
    draft = activity_draft(kind="note", happened_at=NOW, now=NOW, text=text)
    operations.log_activity(session, world.developer.id, Subject(company_id=world.company.id), draft)
    session.flush()
    return list(session.scalars(select(Mail).order_by(Mail.id)))


def test_a_colleague_named_in_the_log_is_told_where_and_not_what(session: Session, world: World):
    (mail,) = log(session, world, "Snakket om tomta. @reader, ring dem og si at prisen er for høy.")
    assert mail.recipient == "reader@example.org"
    assert mail.subject == "Dev Eksempel nevnte deg i loggen"
    assert f"/companies/{world.company.id}" in mail.body
    assert "prisen" not in mail.body


@pytest.mark.parametrize(
    "text",
    [
        "Skriv til reader@example.org",
        "@dev husk dette selv",
        "@ingen",
        "@",
        "kl. 12 @ Elverum",
        "@@@@" * 1000,
    ],
)
def test_an_address_oneself_and_nobody_are_not_told(session: Session, world: World, text: str):
    assert log(session, world, text) == []


def test_a_line_put_right_tells_only_whoever_it_names_anew(session: Session, world: World):
    log(session, world, "@reader ser på dette")
    (activity,) = session.scalars(select(mentions.Activity)).all()
    draft = activity_draft(kind="note", happened_at=NOW, now=NOW, text="@reader og @admin ser på dette")
    operations.update_activity(session, world.developer.id, activity, draft)
    session.flush()
    told = session.scalars(select(Mail.recipient).order_by(Mail.id)).all()
    assert told == ["reader@example.org", "admin@example.org"]


def test_of_two_with_one_first_name_the_whole_name_or_the_address_is_needed(session: Session, world: World):
    for last in ("Berg", "Ødegård"):
        draft = UserDraft(email=f"kari.{last[0]}@example.org", name=f"Kari {last}", role=Role.READER)
        accounts.create_user(session, None, replace(draft))
    assert mentions.named(session, "@kari") == []
    assert [user.name for user in mentions.named(session, "@Kari.Ødegård.")] == ["Kari Ødegård"]
    assert [user.name for user in mentions.named(session, "@kari.b")] == ["Kari Berg"]
