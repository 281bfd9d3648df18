"""The weekly mail: how much awaits somebody, where it is, and the names as well for whoever wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from crm.mail.drafts import HOME, Letter, Reader
from crm.mail.letters import whole, words_of
from crm.mail.models import MailKind

_LASTS = timedelta(days=2)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Section:
    """One thing that awaits: which of our texts; how many; the page; and the names of the first of them."""

    what: str
    count: int
    path: str
    names: Sequence[str]


def letter(reader: Reader, week: str, sections: Sequence[Section], *, names: bool) -> Letter:
    """The mail of a week such as ``2026-W48``; without a body where nothing awaits the reader."""
    words, there = words_of(reader), [section for section in sections if section.count]
    count, number = sum(section.count for section in there), str(int(week.partition("W")[2]))
    heading = words["digest"].replace("{week}", number)
    parts = [_part(reader, section, names=names) for section in there]
    title = "digest_subject" if count != 1 else "digest_subject_one"
    subject = words[title].replace("{week}", number).replace("{count}", str(count))
    return Letter(
        key=f"digest {week} {reader.user_id}",
        kind=MailKind.DIGEST,
        subject=subject,
        body=whole(reader, heading, *parts, bye="digest_bye") if there else "",
        lasts=_LASTS,
    )


def _part(reader: Reader, section: Section, *, names: bool) -> str:
    words = words_of(reader)
    lines = [f"{words[section.what]}: {section.count}"]
    if names:
        lines += [f"- {' '.join(name.split())[:_LONGEST]}" for name in section.names]
        more = section.count - len(section.names)
        lines += ["  " + words["more"].replace("{count}", str(more))] if more > 0 else []
    return "\n".join([*lines, f"{HOME}{section.path}"])
