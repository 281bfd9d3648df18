"""Acts on saved views."""

from __future__ import annotations

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from crm.errors import NotAllowed
from crm.history import operations as history
from crm.saved import queries
from crm.saved.drafts import ViewDraft
from crm.saved.models import SavedView, pinned_views
from crm.spelling import fold


def save_view(session: Session, user_id: int, draft: ViewDraft) -> SavedView:
    """Keep a view, pinned for its maker; the same name again keeps it as it now is."""
    view = queries.find_own(session, user_id, draft.name)
    fresh = view is None
    view = view or SavedView(owner_id=user_id)
    view.name, view.name_key = draft.name, fold(draft.name)[:400]
    view.given, view.columns, view.shared = draft.given, list(draft.columns), draft.shared
    session.add(view)
    history.record(session, user_id, "view:save", subject=view, changes={})
    if fresh:
        pin(session, user_id, view)
    return view


def share(session: Session, user_id: int, view: SavedView, *, shared: bool) -> None:
    """Let everybody see one's view, or oneself alone."""
    _refuse_stranger(user_id, view)
    view.shared = shared
    history.record(session, user_id, "view:share", subject=view)


def delete_view(session: Session, user_id: int, view: SavedView) -> None:
    _refuse_stranger(user_id, view)
    history.record(session, user_id, "view:delete", subject=view, changes={"name": [view.name, None]})
    session.delete(view)
    session.flush()


def pin(session: Session, user_id: int, view: SavedView) -> None:
    """Show a view above one's list; again changes nothing."""
    session.flush()
    unpin(session, user_id, view)
    session.execute(insert(pinned_views).values(user_id=user_id, view_id=view.id))


def unpin(session: Session, user_id: int, view: SavedView) -> None:
    own = (pinned_views.c.user_id == user_id) & (pinned_views.c.view_id == view.id)
    session.execute(delete(pinned_views).where(own))


def _refuse_stranger(user_id: int, view: SavedView) -> None:
    if view.owner_id != user_id:
        raise NotAllowed("Bare den som laget visningen, kan endre den.")
