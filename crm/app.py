"""The roof: the one module that knows every part, and puts them together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask, g, request, session
from flask_babel import Babel
from flask_compress import Compress
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from crm.accounts.operations import SESSION_LIFETIME
from crm.api import entrance as api
from crm.cli import commands
from crm.settings import Settings
from crm.sources.openid import provider_of
from crm.storage.engines import open_database
from crm.web import (
    access,
    assets,
    blueprints,
    errors,
    formats,
    guarding,
    headers,
    login,
    own,
    recents,
    watching,
)
from crm.web import session as web_session
from crm.web.mail.views import stop
from crm.web.metrics import views as metrics

ROOT = Path(__file__).parents[1]
LANGUAGES = ("nb", "nn", "en")
_SHORTEST_KEY = 32


def create_app(settings: Settings) -> Flask:
    """The program, ready to serve; ValueError where the settings are not fit for it."""
    app = Flask(
        "crm", root_path=str(ROOT / "crm"), static_folder=None, template_folder=str(ROOT / "templates")
    )
    app.static_folder = str(ROOT / "static")
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=assets.send)
    _configure(app, settings)
    web_session.install(app, open_database(settings.resolved_database_url))
    protection = CSRFProtect(app)
    protection.exempt(api.blueprint)
    protection.exempt(stop)  # a mail program presses it, which has no cookie and no form of ours
    Compress(app)
    Babel(app, locale_selector=_language, default_locale="nb", default_timezone="Europe/Oslo")
    login.install(app)
    for part in (
        watching,
        metrics,
        access,
        guarding,
        assets,
        errors,
        formats,
        own,
        headers,
        recents,
        blueprints,
        api,
    ):
        part.install(app)
    commands.install(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["crm.settings"] = settings
    app.extensions["crm.openid"] = provider_of(settings)
    app.config.update(
        SECRET_KEY=_key(settings),
        SESSION_COOKIE_NAME="crm" if settings.development else "__Host-crm",
        SESSION_COOKIE_SECURE=not settings.development,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION_LIFETIME.total_seconds()),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        COMPRESS_MIMETYPES=["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=500,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "crm" / "web" / "translations"),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _key(settings: Settings) -> str:
    """The signing key; a production start without a fit one is refused."""
    if not settings.secret_key:
        raise ValueError("CRM_SECRET_KEY is missing. Set it to at least 32 random characters.")
    if len(settings.secret_key) < _SHORTEST_KEY:
        raise ValueError("CRM_SECRET_KEY is too short. It needs at least 32 random characters.")
    return settings.secret_key


def _language() -> str:
    """The signed-in user's language, else the one chosen on this browser, else the browser's own."""
    if "language" in g:
        return str(g.language)
    if current_user and current_user.is_authenticated:
        return str(current_user.user.language)
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "nb"
