"""The database's troubles in words: what happened, and what whoever keeps the server does about it."""

from __future__ import annotations

from crm.errors import said
from crm.storage.trouble import Trouble

HAPPENED: dict[Trouble, str] = {
    Trouble.DAMAGED: said("Databasefila er skadet."),
    Trouble.FULL: said("Disken er full."),
    Trouble.LOCKED: said("Databasen er opptatt."),
    Trouble.LOST: said("Forbindelsen til databasen ble brutt."),
    Trouble.MISSING: said("Databasefila finnes ikke, eller den kan ikke åpnes."),
    Trouble.OTHER: said("Databasen svarer ikke som den skal."),
    Trouble.READ_ONLY: said("Databasen kan bare leses, ikke skrives til."),
    Trouble.SLOW: said("Databasen brukte for lang tid."),
    Trouble.TABLES: said("Databasen mangler tabeller som programmet trenger."),
    Trouble.UNREACHABLE: said("Databasen svarer ikke."),
}
CURES: dict[Trouble, str] = {
    Trouble.DAMAGED: said(
        "Stans programmet, og legg tilbake den siste sikkerhetskopien: flask --app wsgi restore FIL"
    ),
    Trouble.FULL: said("Frigjør plass på disken. Programmet tar seg inn igjen av seg selv."),
    Trouble.LOCKED: said("Vent litt. Varer det, finn og stans den andre prosessen som holder databasen."),
    Trouble.LOST: said("Se i loggen til databasen hvorfor. Programmet kobler til igjen av seg selv."),
    Trouble.MISSING: said("Se at CRM_INSTANCE eller CRM_DATABASE_URL stemmer, og at mappa finnes."),
    Trouble.OTHER: said("Se i loggen hva databasen svarte."),
    Trouble.READ_ONLY: said(
        "Gi brukeren som programmet kjører som, skriverett til databasen og mappa den er i."
    ),
    Trouble.SLOW: said("Se hva annet databasen holder på med, og om maskinen er overbelastet."),
    Trouble.TABLES: said("Kjør: flask --app wsgi db upgrade"),
    Trouble.UNREACHABLE: said("Se at PostgreSQL går, og at CRM_DATABASE_URL stemmer."),
}
_KEPT_BY_SOMEBODY = {Trouble.DAMAGED, Trouble.FULL, Trouble.MISSING, Trouble.READ_ONLY, Trouble.TABLES}


def consequence(trouble: Trouble, *, writing: bool) -> str:
    """What a trouble means for whoever sent something, or only looked: the second sentence."""
    if writing and trouble is Trouble.LOST:
        return said("Vi vet ikke om det du sendte, ble lagret. Se etter før du sender det på nytt.")
    if trouble in _KEPT_BY_SOMEBODY:
        if writing:
            return said("Det du sendte, er ikke lagret. Si fra til den som har ansvar for serveren.")
        return said("Si fra til den som har ansvar for serveren.")
    if writing:
        return said("Det du sendte, er ikke lagret. Prøv igjen om litt.")
    return said("Prøv igjen om litt.")
