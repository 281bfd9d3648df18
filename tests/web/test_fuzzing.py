"""Every form and every list is sent nonsense, and answers with something else than an error of ours.

A few hundred requests by default; with ``CRM_FUZZ_MINUTES=10`` in the environment it goes on for longer.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from io import BytesIO

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.web.forms import CrmForm
from tests.web.test_rights import Grounds, addresses, grounds, undone

__all__ = ["grounds"]
MINUTES = float(os.environ.get("CRM_FUZZ_MINUTES", "0"))
REQUESTS = 250
NONSENSE = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "2147483648",
        "9" * 30,
        "1e9",
        "NaN",
        "٣",
        "²",
        "true",
        "on",
        "null",
        "[]",
        "{}",
    ),
    *("2026-11-25", "31.02.2026", "0000-00-00", "99999-01-01", "2026-W53", "2026-W99", "25:61"),
    *("\x00", "a\x00b", "\ud800", "\u202e", "\ufeff", "e\u0301" * 50, "🦌" * 40, "x" * 5000, "%s%n", "%(x)s"),
    *("'; DROP TABLE users; --", '" OR 1=1', "<script>alert(1)</script>", "{{7*7}}", "../../etc/passwd"),
    *(
        "=cmd|' /C calc'!A0",
        "http://169.254.169.254/",
        "javascript:alert(1)",
        "\r\nSet-Cookie: a=b",
        "*",
        "a\tb",
    ),
    *("helse", "identified", "csv", "3420", "974760673", "asc", "-name", "all", "Kari", "mai"),
)
FILES = (b"", b"\xff\xfe\x00", b"PK\x03\x04" + b"\x00" * 40, b"a;b\n1;2\n", b"%PDF-1.7", b"\x00" * 2000)
LEFT_OUT = {"static", "accounts.sign_out", "metrics.show"}


def names() -> list[str]:
    """What any form of ours calls its fields, and what lists are asked by."""
    found = {"q", "page", "sort", "segment", "stage", "owner", "next", "who", "view", "chosen", "version"}
    waiting: list[type] = [CrmForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        found |= {name for name in dir(form) if hasattr(getattr(form, name, None), "field_class")}
    return sorted(found)


def targets(app: Flask, grounds: Grounds) -> list[tuple[str, str]]:
    """Every method and address of the pages."""
    found = []
    for endpoint in sorted({rule.endpoint for rule in app.url_map.iter_rules()} - LEFT_OUT):
        methods = sorted(
            {method for rule in app.url_map.iter_rules(endpoint) for method in rule.methods or ()}
        )
        for _, address in addresses(app, endpoint, grounds):
            found += [(method, address) for method in methods if method in {"GET", "POST"}]
    return found


def moments() -> Iterator[int]:
    """As many turns as there is time for."""
    ends = time.monotonic() + 60 * MINUTES
    turn = 0
    while turn < REQUESTS or time.monotonic() < ends:
        yield turn
        turn += 1


def test_nonsense_is_answered_and_never_breaks_anything(
    app: Flask, db: Session, grounds: Grounds, administrator: FlaskClient
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    chance = random.Random(os.environ.get("CRM_FUZZ_SEED", "elverum"))  # noqa: S311  (nonsense, no secret)
    known, every, broken = names(), targets(app, grounds), {}
    for _ in moments():
        method, address = chance.choice(every)
        chosen = chance.sample(known, chance.randint(1, 12))
        given: dict[str, object] = {
            name: [chance.choice(NONSENSE) for _ in range(chance.choice([1, 1, 1, 2]))] for name in chosen
        }
        if method == "POST" and chance.random() < 0.2:
            given[chance.choice(["file", "sheet", "upload"])] = (BytesIO(chance.choice(FILES)), "x.csv")
        asked = {"query_string": safe(given)} if method == "GET" else {"data": safe(given)}
        with undone(app, db), administrator.open(address, method=method, **asked) as answer:
            answer.get_data()
            if answer.status_code >= 500 and answer.status_code != 503:
                broken[(method, address)] = safe(given)
    assert broken == {}


def safe(given: dict[str, object]) -> dict[str, object]:
    """What can be sent at all: half a character cannot be encoded."""
    return {
        name: [str(each).encode("utf-8", "replace").decode() for each in value]
        if isinstance(value, list)
        else value
        for name, value in given.items()
    }
