"""Whether mails can be sent from here, and waking whoever sends them."""

from __future__ import annotations

from typing import cast

from flask import current_app

from crm.jobs.queue import Wake, open_queue, wake
from crm.settings import Settings
from crm.sources.mail_server import missing


def settings() -> Settings:
    return cast("Settings", current_app.extensions["crm.settings"])


def lacking() -> str:
    """The setting that keeps mails from being sent; empty where nothing does."""
    return missing(settings())


def key() -> str:
    """The program's key, which links in mails are made with."""
    return str(current_app.config["SECRET_KEY"])


def hurry() -> None:
    """Have what was just written to the outbox sent now, not at the next minute; after the commit."""
    if not lacking():
        wake(open_queue(settings()), Wake.MAIL)
