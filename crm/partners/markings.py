"""Marking words of graded information, which this program never stores."""

from __future__ import annotations

import re
import unicodedata

from crm.errors import InvalidInput

# Grades of the Security Act and of the protection instruction, in bokmål and nynorsk; NATO's and the EU's.
_GRADES = (
    r"STRENGT\s+HEMM?EL[IE]G|HEMM?EL[IE]G|KONFIDENSIELT|BEGRENSET|AVGRENSA|STRENGT\s+FORTROLIG|FORTROLIG|"
    r"COSMIC\s+TOP\s+SECRET|(?:NATO|EU)[\s/-]+(?:RESTRICTED|CONFIDENTIAL|SECRET|TOP\s+SECRET)|"
    r"TOP\s+SECRET|SECRET|CONFIDENTIAL|RESTRICTED|RESTREINT\s+UE|TRES\s+SECRET\s+UE"
)
_STAMPED = re.compile(rf"(?<!\w)(?:{_GRADES})(?!\w)")
_SAID = re.compile(
    rf"(?<!\w)(?:sikkerhetsgradert|gradert|merket|merka|stempl(?:et|a))\s*(?:som\s+|:\s*)?[«\"'(]?(?:{_GRADES})(?!\w)",
    re.IGNORECASE,
)


def refuse_marked(text: str, *, field: str) -> None:
    """InvalidInput on a text that carries a marking word: stamped in capitals, or after «gradert»."""
    plain = unicodedata.normalize("NFKC", text)
    found = _STAMPED.search(plain) or _SAID.search(plain)
    if found:
        raise InvalidInput(
            "Her står «%(word)s», som er en gradering. Teksten er ikke lagret, for gradert informasjon skal"
            " aldri inn i dette systemet. Ring sikkerhetslederen din før du gjør noe mer."
            " Er teksten åpen, så skriv den uten dette ordet.",
            field=field,
            word=" ".join(found.group().split()),
        )
