"""Who may open which page: every view declares a right or that it is public; anything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from crm import clock
from crm.accounts.permissions import Permission, may

P = ParamSpec("P")
R = TypeVar("R")
PROOF_LASTS = timedelta(hours=8)
"""A working day: so long after signing in, lists go out without asking again."""
BEFORE_CHANGES = timedelta(minutes=15)
"""So long after showing who one is, the ways to sign in may be changed, and people erased."""
PUBLIC = "public"
SIGNED_IN = "signed_in"


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the right a view asks for."""
    return _declare(permission)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that anybody may open a view."""
    return _declare(PUBLIC)(view)


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that everybody with an account may open a view."""
    return _declare(SIGNED_IN)(view)


def proven(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that a view hands over so much that whoever asks must have shown lately who they are."""
    view.asks_for_proof = True  # type: ignore[attr-defined]
    return view


def proved_within(span: timedelta) -> bool:
    """Whether whoever sits at this browser has shown who they are so lately."""
    proved_at = getattr(current_user, "proved_at", None)
    return proved_at is not None and proved_at > clock.now() - span


def _declare(rule: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(view: Callable[..., Any] | None) -> str | None:
    """What a view declared; None when it declared nothing."""
    return getattr(view, "access_rule", None)


def actor_id() -> int:
    """The signed-in user's number."""
    return int(current_user.user.id)


def allowed(permission: str) -> bool:
    """Whether the signed-in user holds a right; templates ask too."""
    return bool(current_user.is_authenticated and may(current_user.user.role, Permission(permission)))


def _guard() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, "guards_itself", False):
        return None
    rule = rule_of(view)
    if rule == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if rule != SIGNED_IN and (rule is None or not allowed(rule)):
        abort(403)
    if getattr(view, "asks_for_proof", False) and not proved_within(PROOF_LASTS):
        return redirect(url_for("accounts.prove", next=request.full_path.rstrip("?")))
    return None


def _ask_to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    answer = redirect(url_for("accounts.sign_in", next=wanted if wanted != "/" else None))
    if request.headers.get("HX-Request"):
        answer.headers["HX-Redirect"] = answer.location or "/"
    return answer


def install(app: Flask) -> None:
    app.before_request(_guard)
    app.jinja_env.globals["allowed"] = allowed
