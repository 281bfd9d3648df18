"""Questions about saved views."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from crm.errors import Conflict, NotFound
from crm.saved.models import SavedView, pinned_views
from crm.spelling import fold


def visible_to(user_id: int) -> Select[SavedView]:
    """One's own views and those shared by others, by name."""
    mine_or_shared = or_(SavedView.owner_id == user_id, SavedView.shared)
    found = select(SavedView).where(mine_or_shared).options(joinedload(SavedView.owner))
    return found.order_by(SavedView.name_key, SavedView.id)


def pinned_by(user_id: int) -> Select[SavedView]:
    """The views one has pinned and may still see, by name."""
    pinned = select(pinned_views.c.view_id).where(pinned_views.c.user_id == user_id)
    return visible_to(user_id).where(SavedView.id.in_(pinned))


def get_view(session: Session, view_id: int, *, user_id: int) -> SavedView:
    """A view one may see; NotFound for another's own and for none."""
    found = session.scalar(visible_to(user_id).where(SavedView.id == view_id))
    if found is None:
        raise NotFound("Fant ikke visningen. Den kan være slettet, eller ikke delt lenger.")
    return found


def find_own(session: Session, user_id: int, name: str) -> SavedView | None:
    own = select(SavedView).where(SavedView.owner_id == user_id, SavedView.name_key == fold(name))
    return session.scalar(own)


def named(session: Session, name: str) -> SavedView:
    """The view of a name, for who has the terminal: a shared one first; Conflict where several are meant."""
    found: Sequence[SavedView] = session.scalars(
        select(SavedView).where(SavedView.name_key == fold(name)).order_by(SavedView.id)
    ).all()
    chosen = [view for view in found if view.shared] or list(found)
    if not chosen:
        raise NotFound("Ingen lagret visning heter «%(name)s».", name=name[:60])
    if len(chosen) > 1:
        raise Conflict("Flere lagrede visninger heter «%(name)s». Gi dem hvert sitt navn.", name=name[:60])
    return chosen[0]
