"""What an erasure leaves, and why, in words."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from crm.privacy.files import Fate
from crm.privacy.finding import texts

_LONGEST = 160
FATES = {
    Fate.EXPIRES: _l("Sikkerhetskopi: utløper, og slettes på nytt om den settes tilbake"),
    Fate.GOES: _l("Slettes"),
    Fate.LEARNED_ANEW: _l("Slettes; modellen læres på nytt i neste runde"),
    Fate.MASKED: _l("Personen tas ut av teksten"),
}
_WHY: dict[str, LazyString] = {
    "units": _l("Åpent register: det som står der, rettes hos Brønnøysundregistrene."),
    "sub_units": _l("Åpent register: det som står der, rettes hos Brønnøysundregistrene."),
    "users": _l("Personen har konto her. Steng den under Brukere."),
}


def why_stays(table: str) -> str:
    """Why what a table says of a person stays at an erasure."""
    return str(_WHY.get(table) or gettext("Viser hvem som gjorde hva, så lenge sporet skal finnes."))


def left(value: Any) -> str:
    """What is left of a value, as one line."""
    line = " · ".join(text for text in texts(value) if text.strip())
    if not line:
        return str(gettext("(tom)"))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
