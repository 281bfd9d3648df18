"""Saved views on both databases: kept by name, pinned, shared, found from the terminal."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from crm.errors import Conflict, InvalidInput, NotAllowed, NotFound
from crm.saved import operations, queries
from crm.saved.drafts import USUAL_COLUMNS, view_draft
from crm.saved.models import SavedView
from tests.world import World


def kept(session: Session, user_id: int, name: str = "Helse i Elverum", *, shared: bool = False) -> SavedView:
    given = {"segment": "helse", "municipality": "3420", "page": "3", "junk": "x"}
    return operations.save_view(session, user_id, view_draft(name, given=given, shared=shared))


def test_a_view_keeps_its_filter_and_nothing_else(session: Session, world: World):
    view = kept(session, world.developer.id)
    assert view.given == {"segment": "helse", "municipality": "3420"}
    assert tuple(view.columns) == USUAL_COLUMNS
    assert session.scalars(queries.pinned_by(world.developer.id)).all() == [view]


def test_the_same_name_again_is_the_same_view(session: Session, world: World):
    first = kept(session, world.developer.id)
    draft = view_draft(" HELSE i elverum", given={"stage": "visit"}, columns=["orgnr", "x", "orgnr"])
    assert operations.save_view(session, world.developer.id, draft) is first
    assert (first.given, first.columns) == ({"stage": "visit"}, ["orgnr"])
    assert kept(session, world.reader.id) is not first


def test_another_sees_only_what_is_shared_and_changes_nothing(session: Session, world: World):
    view = kept(session, world.developer.id)
    with pytest.raises(NotFound):
        queries.get_view(session, view.id, user_id=world.reader.id)
    operations.share(session, world.developer.id, view, shared=True)
    assert queries.get_view(session, view.id, user_id=world.reader.id) is view
    operations.pin(session, world.reader.id, view)
    operations.pin(session, world.reader.id, view)
    assert session.scalars(queries.pinned_by(world.reader.id)).all() == [view]
    with pytest.raises(NotAllowed):
        operations.delete_view(session, world.reader.id, view)
    with pytest.raises(NotAllowed):
        operations.share(session, world.reader.id, view, shared=False)
    operations.share(session, world.developer.id, view, shared=False)
    assert session.scalars(queries.pinned_by(world.reader.id)).all() == []


def test_a_deleted_view_takes_its_pins_along(session: Session, world: World):
    view = kept(session, world.developer.id, shared=True)
    operations.pin(session, world.reader.id, view)
    operations.delete_view(session, world.developer.id, view)
    assert session.scalars(queries.pinned_by(world.reader.id)).all() == []


def test_the_terminal_finds_a_view_by_its_name(session: Session, world: World):
    own = kept(session, world.developer.id)
    assert queries.named(session, "helse i ELVERUM") is own
    shared = kept(session, world.reader.id, shared=True)
    assert queries.named(session, "Helse i Elverum") is shared
    operations.share(session, world.developer.id, own, shared=True)
    with pytest.raises(Conflict):
        queries.named(session, "Helse i Elverum")
    with pytest.raises(NotFound):
        queries.named(session, "Finnes ikke")


@pytest.mark.parametrize(
    ("name", "given"),
    [("  ", {}), ("x" * 61, {}), ("x", {"stage": "nowhere"}), ("x", {"sort": "x"}), ("x", {"owner": "-1"})],
)
def test_what_cannot_be_a_view_is_refused(name: str, given: dict[str, str]):
    with pytest.raises(InvalidInput):
        view_draft(name, given=given)
