"""Marking words of graded information, which this program never stores: in a text, a name or a whole file."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO

from crm.errors import InvalidInput

# Grades of the Security Act and of the protection instruction, in bokmål and nynorsk; NATO's, the EU's and
# those of our neighbours, as they are stamped.
_GRADES = (
    r"STRENGT\s+HEMM?EL[IE]G|HEMM?EL[IE]G|KONFIDENSIELT|BEGRENSET|AVGRENSA|STRENGT\s+FORTROLIG|FORTROLIG|"
    r"STRENGT\s+FORTRULEG|FORTRULEG|(?:FOCAL\s+|COSMIC\s+)?TOP\s+SECRET|COSMIC|ATOMAL|BOHEMIA|"
    r"(?:NATO|EU|UE|UK|US|NO|NOR)\s+(?:RESTRICTED|CONFIDENTIAL|SECRET|TOP\s+SECRET)|"
    r"SECRET|CONFIDENTIAL|RESTRICTED|NOFORN|"
    r"(?:TR[EÈ]S\s+)?SECRET\s+UE|CONFIDENTIEL\s+UE|RESTREINT\s+UE|"
    r"KVALIFICERAT\s+HEMLIG|HEMLIG|YDERST\s+HEMMELIGT|HEMMELIGT|FORTROLIGT|STRENG\s+GEHEIM"
)
_SPACED = r"|".join(
    r"\s".join(word)
    for word in ("HEMMELIG", "BEGRENSET", "KONFIDENSIELT", "FORTROLIG", "SECRET", "RESTRICTED")
)
_STAMPED = re.compile(rf"(?<!\w)(?:{_GRADES}|{_SPACED})(?!\w)")
_SAID = re.compile(
    rf"(?<!\w)(?:sikkerhetsgradert|sikkerheitsgradert|gradert|merket|merka|stempl(?:et|a)|classified|marked)\s*"
    rf"(?:som\s+|as\s+|:\s*)?[«\"'(]?(?:{_GRADES})(?!\w)",
    re.IGNORECASE,
)
_BY_LAW = re.compile(
    r"(?<!\w)(?:gradert|classified)\s+(?:etter|i\s+henhold\s+til|jf\.?|iht\.?|under)\s+(?:lov\s+om\s+)?"
    r"(?:sikkerh?e[ti]t?s?lov\w*|nasjonal\s+sikkerhet|the\s+security\s+act)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\W*(?:strengt\s+)?(?:hemm?el[ie]g|konfidensielt|strengt\s+fortrolig|nato\s+\w+)\W*", re.IGNORECASE
)
_OPEN = re.compile(r"\W*nato\s+(?:unclassified|standard\w*)\W*", re.IGNORECASE)
# The name of a firm in capitals, as the register writes it, is no stamp.
_FIRM = re.compile(r"[^a-zæøå]*\s(?:AS|ASA|ENK|DA|ANS|SA|NUF|BA|KS|FLI|STI)\W*")
_CELLS = re.compile(r"[;,\t\r\n\"<>]+")
_LARGEST = 64 * 1024 * 1024


def refuse_marked(text: str, *, field: str) -> None:
    """InvalidInput on a text that carries a marking word: stamped in capitals, or after «gradert»."""
    found = marking_in(text)
    if found:
        raise InvalidInput(
            "Her står «%(word)s», som er en gradering. Teksten er ikke lagret, for gradert informasjon skal"
            " aldri inn i dette systemet. Ring sikkerhetslederen din før du gjør noe mer."
            " Er teksten åpen, så skriv den uten dette ordet.",
            field=field,
            word=found,
        )


def refuse_marked_file(name: str, content: bytes, *, field: str = "file") -> None:
    """As for a text: InvalidInput where a file's name, or a cell or line in it, carries a marking word."""
    refuse_marked(name.rpartition(".")[0] or name, field=field)
    for text in _texts(content):
        if marking_in(text):
            for cell in _CELLS.split(text):
                refuse_marked(cell, field=field)


def marking_in(text: str) -> str:
    """The marking word a text carries; nothing where it carries none."""
    plain = _plain(text)
    if _FIRM.fullmatch(plain) or _OPEN.fullmatch(plain):
        return ""
    found = _STAMPED.search(plain) or _SAID.search(plain) or _BY_LAW.search(plain) or _ALONE.fullmatch(plain)
    return " ".join(found.group().split()) if found else ""


def _plain(text: str) -> str:
    """A text without what is put between letters to hide them, and with one kind of space and dash."""
    composed = unicodedata.normalize("NFKC", text)
    visible = "".join(char for char in composed if unicodedata.category(char) != "Cf")
    return re.sub(r"[_/\u2010-\u2015-]+", " ", visible)


def _texts(content: bytes) -> Iterator[str]:
    """The texts of a file: of each part of a workbook, or the whole in the encoding it may have."""
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                for part in archive.infolist():
                    if part.filename.endswith(".xml") and part.file_size <= _LARGEST:
                        yield archive.read(part).decode("utf-8", errors="replace")
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return
    elif b"\0" in content[:4000]:
        yield content.decode("utf-16", errors="replace")
    else:
        yield content.decode("utf-8", errors="replace")
