"""What the page about our copy of the register shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import cast

from flask import current_app
from flask_babel import gettext, ngettext

from crm import clock
from crm.registry import feeds, ledger, queries
from crm.registry.models import FeedPosition, LoadState, RegisterLoad
from crm.settings import Settings
from crm.web.formats import show_number
from crm.web.session import db

_ENDINGS = (".json", ".json.gz", ".csv", ".csv.gz")
_NIGHT = time(4)


@dataclass(frozen=True, slots=True)
class Progress:
    """A load under way; ``share`` is of the step it is at, None where that cannot be told yet."""

    words: str
    share: float | None
    left: str


@dataclass(frozen=True, slots=True)
class State:
    """How our copy stands."""

    units: int
    loaded: dict[str, RegisterLoad | None]
    followed: list[FeedPosition]
    next_night: datetime | None
    failed: RegisterLoad | None
    under_way: RegisterLoad | None
    progress: Progress | None
    offline: bool
    files: list[str]
    folder: str


def settings() -> Settings:
    return cast("Settings", current_app.extensions["crm.settings"])


def state(now: datetime) -> State:
    under_way, followed = ledger.whole_under_way(db()), list(feeds.positions(db()).values())
    offline = settings().offline
    return State(
        units=queries.count_units(db()),
        loaded={kind: queries.last_done(db(), kind) for kind in feeds.FEEDS},
        followed=followed,
        next_night=_next_night(now) if followed and not offline else None,
        failed=queries.failed_since_done(db()),
        under_way=under_way,
        progress=_progress(under_way, now) if under_way else None,
        offline=offline,
        files=files(),
        folder=str(settings().instance / "register"),
    )


def files() -> list[str]:
    """The files of the register's folder that may be loaded."""
    folder = settings().instance / "register"
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(_ENDINGS) and path.is_file())


def _next_night(now: datetime) -> datetime:
    today = now.astimezone(clock.OSLO).date()
    tonight = datetime.combine(today, _NIGHT, tzinfo=clock.OSLO)
    return (
        tonight if now < tonight else datetime.combine(today + timedelta(days=1), _NIGHT, tzinfo=clock.OSLO)
    )


def _progress(load: RegisterLoad, now: datetime) -> Progress:
    told = load.asked
    if load.state is LoadState.WAITING or "step" not in told:
        return Progress(gettext("Venter på at arbeideren tar fatt."), None, "")
    done, total = int(told["done"]), int(told["total"])
    share = min(done / total, 1.0) if total else None
    return Progress(_words(told["step"], told["kind"], done, total), share, _left(told, now, done, total))


def _words(step: str, kind: str, done: int, total: int) -> str:
    what = gettext("arbeidsstedene") if kind == "subunits" else gettext("enhetene")
    if step == "fetch":
        size, whole = f"{done / 1e6:.0f}", f"{total / 1e6:.0f}" if total else "?"
        return str(gettext("Henter %(what)s: %(size)s av %(whole)s MB", what=what, size=size, whole=whole))
    return str(
        gettext(
            "Leser inn %(what)s: %(done)s av om lag %(total)s",
            what=what,
            done=show_number(done),
            total=show_number(total),
        )
    )


def _left(told: dict[str, object], now: datetime, done: int, total: int) -> str:
    """About how long the step still takes, at the pace so far."""
    since, begun = datetime.fromisoformat(str(told["since"])), int(str(told.get("from", 0)))
    seconds = (now - since).total_seconds()
    if seconds < 2 or done <= begun or not total:
        return ""
    num = round(seconds * max(total - done, 0) / (done - begun) / 60)
    if num < 1:
        return str(gettext("under ett minutt igjen av steget"))
    return str(
        ngettext("om lag %(num)s minutt igjen av steget", "om lag %(num)s minutter igjen av steget", num)
    )
