"""The mails about an account, written in the reader's language."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from crm import clock
from crm.mail.drafts import HOME, Letter, Reader
from crm.mail.models import MailKind
from crm.mail.texts import TEXTS


def words_of(reader: Reader) -> dict[str, str]:
    """The texts in a reader's language; bokmål where we have no other."""
    return TEXTS.get(reader.language, TEXTS["nb"])


def whole(reader: Reader, *paragraphs: str, bye: str = "bye") -> str:
    """A body with greeting and farewell, a blank line between paragraphs."""
    words = words_of(reader)
    parts = (words["hello"].replace("{name}", reader.name), *paragraphs, words[bye])
    return "\n\n".join(part for part in parts if part) + "\n"


def invitation(reader: Reader, seed: str, *, inviter: str = "") -> Letter:
    words = words_of(reader)
    text = words["invitation"].replace("{inviter}", inviter or words["nobody"])
    return Letter(
        key=f"invitation {seed}",
        kind=MailKind.INVITATION,
        subject=words["invitation_subject"],
        body=whole(reader, text),
        seed=seed,
        lasts=timedelta(days=7),
    )


def reset(reader: Reader, seed: str) -> Letter:
    words = words_of(reader)
    return Letter(
        key=f"reset {seed}",
        kind=MailKind.RESET,
        subject=words["reset_subject"],
        body=whole(reader, words["reset"]),
        seed=seed,
        lasts=timedelta(minutes=30),
    )


def notice(reader: Reader, what: str, *, detail: str = "", now: datetime) -> Letter:
    """That something about the sign-in was changed; ``what`` is one of ``texts.NOTICES``."""
    words = words_of(reader)
    when = now.astimezone(clock.OSLO).strftime(
        "%d.%m.%Y kl. %H.%M" if reader.language != "en" else "%d.%m.%Y %H:%M"
    )
    text = words["notice"].format(what=words[what].replace("{detail}", detail), when=when)
    return Letter(
        key=f"notice {secrets.token_hex(16)}",
        kind=MailKind.NOTICE,
        subject=words["notice_subject"],
        body=whole(reader, text),
    )


def mention(reader: Reader, who: str, number: str, path: str) -> Letter:
    """That somebody named the reader in the log, and where; what they wrote stays in the program."""
    words = words_of(reader)
    text = words["mention"].replace("{who}", who or words["nobody"])
    return Letter(
        key=f"mention {number}",
        kind=MailKind.MENTION,
        subject=words["mention_subject"].replace("{who}", who or words["nobody"]),
        body=whole(reader, text, f"{HOME}{path}"),
    )


def test(reader: Reader) -> Letter:
    words = words_of(reader)
    return Letter(
        key=f"test {secrets.token_hex(16)}",
        kind=MailKind.TEST,
        subject=words["test_subject"],
        body=whole(reader, words["test"]),
        lasts=timedelta(hours=1),
    )
