"""The organisation number: nine digits by which Norway knows every organisation.

Numbers begin with 8 or 9; the series 2 and 3 are the authorities' own made-up ones, let in only where
a demonstration is being shown. What could be a person's number is never repeated in a message.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum.no import fodselsnummer, orgnr

from crm.errors import InvalidInput, said

FIRST_DIGITS = "89"
DEMO_FIRST_DIGITS = "2389"
_SEPARATORS = re.compile(r"[\s.\-]+")
_AFFIXES = re.compile(r"^(?:NO)?(.*?)(?:MVA)?$", re.IGNORECASE)
_ELEVEN = re.compile(r"(?<![0-9])[0-9]{6}[ .-]?[0-9]{5}(?![0-9])")
_NINE_DIGITS = re.compile(r"[0-9]{9}")
_LOOKALIKES = str.maketrans("OoIl", "0011")
_LONGEST_SHOWN = 40


def parse_orgnr(text: str, *, demo: bool = False) -> str:
    """Nine digits from what a person or a file wrote; InvalidInput on ``orgnr`` where it cannot be one.

    The error carries a stable ``code``: ORG_EMPTY, ORG_LENGTH, ORG_LETTER, ORG_SERIES, ORG_CHECKSUM or
    PERSONAL_ID.

    Examples
    --------
    >>> parse_orgnr("NO 974 760 673 MVA")
    '974760673'
    """
    number = text if _NINE_DIGITS.fullmatch(text) else _compact(text)
    _refuse_what_has_no_nine_digits(number, text)
    if number[0] not in (DEMO_FIRST_DIGITS if demo else FIRST_DIGITS):
        raise _refusal(
            "ORG_SERIES", said("Et organisasjonsnummer begynner med 8 eller 9, fikk «%(value)s»."), text
        )
    if orgnr.checksum(number) != 0:
        raise _refusal(
            "ORG_CHECKSUM",
            said("Kontrollsifferet i organisasjonsnummeret «%(value)s» stemmer ikke. Se etter en tastefeil."),
            text,
        )
    return number


def format_orgnr(number: str) -> str:
    """The number as people read it, in threes that no line break parts.

    Examples
    --------
    >>> format_orgnr("974760673").split()
    ['974', '760', '673']
    """
    return "\u00a0".join((number[:3], number[3:6], number[6:]))


def mask_personal(text: str) -> str:
    """A text with every national identity number in it made unreadable; other texts as they are.

    Examples
    --------
    >>> mask_personal("Født 01819000049"), mask_personal("ordre 12345678901")
    ('Født •••••••••••', 'ordre 12345678901')
    """
    return _ELEVEN.sub(_masked, text) if _ELEVEN.search(text) else text


def _masked(found: re.Match[str]) -> str:
    digits = "".join(char for char in found[0] if char.isdigit())
    return "".join("•" if char.isdigit() else char for char in found[0]) if _is_personal(digits) else found[0]


def _compact(text: str) -> str:
    composed = unicodedata.normalize("NFKC", text)
    visible = "".join(
        char for char in composed if unicodedata.category(char) not in {"Cc", "Cf"} or char in "\t\n\r"
    )
    bare = _SEPARATORS.sub("", visible)
    found = _AFFIXES.fullmatch(bare)
    return found.group(1) if found else bare


def _refuse_what_has_no_nine_digits(number: str, text: str) -> None:
    if _NINE_DIGITS.fullmatch(number):
        return
    if not number:
        raise _refusal("ORG_EMPTY", said("Skriv inn et organisasjonsnummer på ni sifre."), text)
    if _is_personal(number):
        raise _refusal(
            "PERSONAL_ID",
            said(
                "«%(value)s» ser ut som et fødselsnummer og er ikke tatt imot."
                " Bruk organisasjonsnummeret på ni sifre."
            ),
            text,
        )
    if _NINE_DIGITS.fullmatch(number.translate(_LOOKALIKES)):
        raise _refusal(
            "ORG_LETTER",
            said(
                "«%(value)s» har en bokstav der det skal stå et siffer. Bruk tallet 0, ikke bokstaven O,"
                " og tallet 1, ikke bokstaven l."
            ),
            text,
        )
    raise _refusal("ORG_LENGTH", said("Et organisasjonsnummer har ni sifre, fikk «%(value)s»."), text)


def _is_personal(number: str) -> bool:
    """Whether both check digits of a national identity number fit, whatever the date says.

    Temporary and made-up numbers move the day or the month; they are kept out with the others.
    """
    return (
        re.fullmatch(r"[0-9]{11}", number) is not None
        and number[9] == fodselsnummer.calc_check_digit1(number)
        and number[10] == fodselsnummer.calc_check_digit2(number)
    )


def _refusal(code: str, sentence: str, text: str) -> InvalidInput:
    return InvalidInput(sentence, field="orgnr", code=code, value=_shown(text))


def _shown(text: str) -> str:
    """What was written, short, visible, and without digits where there are as many as a person's number.

    A person's number with a slip of the pen fails its check and is as private as the right one.
    """
    short = " ".join("".join(c if c.isprintable() else " " for c in text[:_LONGEST_SHOWN]).split())
    hidden = sum(char.isdigit() for char in text) >= 11
    return "".join("•" if hidden and char.isdigit() else char for char in short)
