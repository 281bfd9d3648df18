"""What a need asks for, and the setting it is for: «vaktmester» beside «til borettslag og omsorgsboliger».

Words of the setting name the partner, its users and its places. They pull towards companies like the partner
itself, which are rarely those that can help.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from crm.matchmaker.language.norwegian import STOP_WORDS

_SENTENCE = re.compile(r"[^.!?;\n]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[,:()]")


def _words(listed: str) -> list[str]:
    return listed.split()


# Who stands before these asks; what stands after is asked for.
_ASKING = frozenset(
    _words("""
    trenger treng trengs ønsker ønskjer søker søkjer vil skal mangler manglar ser leter leitar behøver
    må needs need wants want seeks requires looking wishes
""")
)
# What follows these is where, when or for whom.
_SETTING = frozenset(
    _words("""
    til for på i ved hos fra frå mellom mellem etter under langs rundt ovenfor ovanfor utenfor gjennom
    blant innen during at in by from near around along between inside outside
""")
)
# These start anew on what is asked for.
_ANEW = frozenset(
    _words("""
    som kan who that which can , : ( )
""")
)
_CLAUSE_ENDS = frozenset(_words(", som who that which"))
# Words that ask without saying what for: what follows their preposition is asked for itself.
_BARE = frozenset(
    _words("""
    hjelp tilbud kapasitet behov avtale rammeavtale leverandør leverandører noen nokon nokre hvem kven
    firma bedrift bedrifter selskap partner partnere kurs ledig rask årlig ny nye nytt flere fleire ein
    ei somebody someone anybody supplier suppliers provider providers company companies help partners
    offer new local capacity agreement
""")
)
_ENGLISH = frozenset(
    _words("""
    a an and are as be can could do does has have how is it its of or our ours she somebody someone than
    that the their them there these they this those to us was we were what when where which who will
    with would you your i he looking need needs want wants seek seeks please
""")
)

# Words that are about asking and buying, whatever is asked for.
_ABOUT_ASKING = re.compile(
    r"anskaff(e|es|else\w*)|(ramme)?avtale(n|r|ne)?|behov(et|ene)?|dialogkonferanse\w*|dokument(er|ene|et)?"
    r"|forhandling\w*|formål(et)?|frist(en)?|(fylkes)?kommune(n|ne|r|ns|nes)?|(fylkes)?kommunal\w*"
    r"|(forhånds|intensjons)?kunngjør(e|ing\w*)|gjeld(er)?|gjennomfør\w*|hensikt\w*|inngå\w*|innkjøp\w*"
    r"|invitasjon\w*|kjøp|konkurranse(n|r|grunnlag\w*)?|kontrakt(en|er|ene)?|leverandør\w*|markedsdialog\w*"
    r"|omfatt\w*|oppdragsgiver\w*|opsjon\w*|parallelle|prekvalifisering\w*|tilbud(et|ene)?|tilbyder\w*"
    r"|vedlagt\w*|veiledende"
)

# What is to be done says less than what it is to be done to: «reparasjon av tak» is for roofers.
_ACTS = frozenset(
    _words("""
    reparasjon reparasjonen reparere reparera vedlikehold vedlikehalde vedlikeholde montering installasjon
    levering kjøp utbedring oppgradering fornying bytte skifte skiftet utskifting ferdige behov repair
    maintenance delivery
""")
)


class Focus(NamedTuple):
    """The words asked for and those of the setting, in the order of the text."""

    asked: str
    setting: str


def focus(text: str) -> Focus:
    """The text parted in two; where nothing seems to be asked for, all of it is.

    Examples
    --------
    >>> focus("Kommunen trenger vaktmester til borettslag, og maling av tak på skolen.")
    Focus(asked='vaktmester og maling av tak', setting='borettslag skolen')
    """
    parted: tuple[list[str], list[str]] = ([], [])
    for sentence in _SENTENCE.findall(text):
        for word, in_setting in _parted(_TOKEN.findall(sentence)):
            parted[in_setting].append(word)
    asked, setting = parted
    things = [word for word in asked if word.lower() not in _ACTS]
    if things:
        setting = [word for word in asked if word.lower() in _ACTS] + setting
    told = Focus(" ".join(things or asked), " ".join(setting))
    return told if asked else Focus(told.setting or text.strip(), "")


def _parted(tokens: list[str]) -> Iterator[tuple[str, bool]]:
    """Each word of a sentence, and whether it belongs to the setting."""
    begins = _where_asking_begins(tokens)
    in_setting = named = False
    for place, token in enumerate(tokens):
        plain = token.lower()
        if plain in _ANEW:
            in_setting = named = False
        elif plain in _SETTING:
            in_setting = named
        elif plain not in _ENGLISH and not _ABOUT_ASKING.fullmatch(plain):
            yield token, in_setting or place < begins
        named = named or (place >= begins and _names(plain))


def _where_asking_begins(tokens: list[str]) -> int:
    """The place after the verb that asks, if it stands in the first clause and something follows."""
    for place, token in enumerate(tokens[:-1]):
        plain = token.lower()
        if plain in _ASKING:
            return place + 1
        if plain in _CLAUSE_ENDS:
            break
    return 0


def _names(word: str) -> bool:
    """Whether a word says what is asked for."""
    bare = STOP_WORDS | _BARE | _ENGLISH | _ASKING
    return word.isalpha() and word not in bare and not _ABOUT_ASKING.fullmatch(word)
