"""Reading one line of what somebody did: «ringte Kari Eksempel om helsepark, følg opp fredag».

Words alone are read here, in bokmål, nynorsk and English; who is meant is looked up by ``quick_log``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from crm.activities.models import Kind, Outcome
from crm.search import dates
from crm.spelling import tidy

_KINDS = (
    (
        Kind.CALL,
        r"ring(?:te|de|t|er|e)?|telefon(?:erte|samtale)?|tlf\.?|(?:snakk?(?:et|a|er|et)|prat(?:et|a)|called|phoned|call|spoke|talked)",
    ),
    (Kind.MEETING, r"møt(?:te|tes|er|e)|møte|traff|hadde møte|teams(?:møte)?|videomøte|met|meeting"),
    (Kind.VISIT, r"besøk(?:te|er|e)?|vitja|var (?:hos|på besøk(?: hos)?)|visit(?:ed)?"),
    (
        Kind.EMAIL,
        (
            r"(?:sendte?|sende|skrev|sent|wrote)(?: en| ein| an)? (?:e-?post|mail|e-?mail)"
            r"|mail(?:et|a)|e-?post|skrev|emailed"
        ),
    ),
    (Kind.EVENT, r"(?:på )?(?:messe|seminar|frokostmøte|konferanse|arrangement)|event"),
    (Kind.NOTE, r"not(?:at|erte|erer|e)|merk"),
)
_OUTCOMES = (
    (
        Outcome.NOT_REACHED,
        r"(?:fikk |fekk )?ik(?:ke|kje) (?:svar|tak i)|tok ik(?:ke|kje) telefonen|no answer|ubesvart",
    ),
    (Outcome.NEGATIVE, r"ik(?:ke|kje) interessert|takk(?:et|a) nei|sa nei|not interested"),
    (Outcome.AGREED, r"avtalte|avtalt|vart einige|ble enige|agreed"),
    (Outcome.POSITIVE, r"positiv[et]?|interessert|interested"),
)
_NEXT = re.compile(
    r"(?:følge?r?|fylgj?) opp\b|neste(?: steg)?:?\s|husk\b|ringe?\b|sende?\b|avtale?\b|kalle? inn\b"
    r"|booke?\b|sjekke?\b|purre?\b|invitere?\b|besøke?\b|må\b|skal\b|lage?\b|møte?s?\b"
    r"|follow up\b|call\b|check\b|next:?\s|remind\b|book\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\s+(?:om|ang\.?|angående|vedr\.?|vedrørende|about|re)\s+|\s*:\s+", re.IGNORECASE)
_AT = re.compile(r"\s+(?:hos|i|fra|frå|ved|på|of|at|from)\s+", re.IGNORECASE)
_JOINING = re.compile(r"^(?:med|hos|til|av|i|with|to|at)\s+", re.IGNORECASE)
_CLAUSES = re.compile(
    r"\s*(?:[,;]|(?<!\d)(?<!\bang)(?<!\bvedr)(?<!\btlf)\.(?=\s|$)|\s[–-]\s"
    r"|\bog (?=(?:skal|må|følge?r? opp)\b))\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the words say: the parts nothing was said of are empty."""

    kind: Kind | None
    outcome: Outcome | None
    who: str
    at: str
    about: str
    happened_on: date | None
    next_text: str
    next_on: date | None

    @property
    def says_something(self) -> bool:
        """Whether this reads as something that was done, and not as a name to look for."""
        return self.kind is not None and bool(self.who)


def read(text: str, *, today: date) -> Sentence:
    """The parts of a line, every one a guess; ``today`` is the day it is written."""
    clauses = [clause for clause in _CLAUSES.split(tidy(text)) if clause]
    first, rest = (clauses[0], clauses[1:]) if clauses else ("", [])
    plans = [clause for clause in rest if _NEXT.match(clause) or dates.coming(clause, today=today)]
    told = [clause for clause in rest if clause not in plans]
    kind, left = _kind(first)
    happened_on, left = dates.gone(left, today=today) or (None, left)
    who, about = _parted(_ABOUT, left)
    who, at = _parted(_AT, _JOINING.sub("", who))
    next_text, next_on = _plan(plans, about, today)
    return Sentence(
        kind=kind,
        outcome=_outcome(text),
        who=who,
        at=at,
        about=". ".join(_capital(part) for part in (about, *told) if part),
        happened_on=happened_on,
        next_text=next_text,
        next_on=next_on,
    )


def _kind(clause: str) -> tuple[Kind | None, str]:
    for kind, words in _KINDS:
        found = re.match(rf"(?:jeg |eg |vi |i |we |har |hadde )?(?:{words})\b[ :]*", clause, re.IGNORECASE)
        if found:
            return kind, clause[found.end() :]
    return None, clause


def _outcome(text: str) -> Outcome | None:
    found = (outcome for outcome, words in _OUTCOMES if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))
    return next(found, None)


def _plan(plans: list[str], about: str, today: date) -> tuple[str, date | None]:
    """The next step without its day, and the day; «følg opp» alone borrows what was spoken of."""
    words, day = [], None
    for plan in plans:
        found = dates.coming(plan, today=today)
        day, left = (day or found[0], found[1]) if found else (day, plan)
        words.append(left)
    said = tidy(" ".join(words)).strip(" :")
    if re.fullmatch(r"(?:følge?r? opp|fylgj? opp|follow up)", said, re.IGNORECASE) and about:
        said = f"{said} {about}"
    return _capital(said), day


def _parted(at: re.Pattern[str], text: str) -> tuple[str, str]:
    found = at.search(f" {text}")
    if not found:
        return text.strip(), ""
    whole = f" {text}"
    return whole[: found.start()].strip(), whole[found.end() :].strip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
