"""The words of the outbox."""

from __future__ import annotations

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from crm.mail.models import Mail, MailKind, MailState

KINDS: dict[MailKind, LazyString] = {
    MailKind.DIGEST: _l("Ukas e-post"),
    MailKind.INVITATION: _l("Invitasjon"),
    MailKind.MENTION: _l("Nevnt i et notat"),
    MailKind.NOTICE: _l("Innloggingen er endret"),
    MailKind.RESET: _l("Nytt passord"),
    MailKind.TEST: _l("Prøve"),
}
STATES: dict[MailState, LazyString] = {
    MailState.DROPPED: _l("Ikke nødvendig"),
    MailState.GIVEN_UP: _l("Oppgitt"),
    MailState.SENT: _l("Sendt"),
    MailState.WAITING: _l("Venter"),
}
_REASONS: dict[str, LazyString] = {
    "busy": _l("E-posttjeneren har for mye å gjøre."),
    "dropped": _l("E-posttjeneren brøt forbindelsen."),
    "later": _l("E-posttjeneren ber oss prøve igjen senere."),
    "login": _l("E-posttjeneren godtar ikke brukernavnet og passordet i CRM_SMTP_URL."),
    "nothing": _l("Det var ingenting å melde."),
    "refused": _l("Mottakerens adresse ble avvist."),
    "sender": _l("E-posttjeneren godtar ikke avsenderen i CRM_MAIL_FROM."),
    "stale": _l("Den ble for gammel til å sendes."),
    "tls": _l("E-posttjeneren har ingen kryptert forbindelse vi kan stole på."),
    "unreachable": _l("Får ikke kontakt med e-posttjeneren."),
    "unwritable": _l("Adressen kan ikke stå i en e-post."),
}


def reason_in_words(mail: Mail) -> str:
    """Why a mail waits or was given up, with what the server said in brackets."""
    said = str(_REASONS.get(mail.reason, mail.reason))
    if mail.detail:
        said = f"{said.rstrip('.')} ({mail.detail.rstrip('.')})."
    return f"{said} {gettext('Den kan alt ha kommet fram.')}".strip() if mail.doubtful else said
