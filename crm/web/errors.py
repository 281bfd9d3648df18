"""What a reader sees when something cannot be done: what happened, what it means, what to do."""

from __future__ import annotations

import logging

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from crm.errors import Conflict, CrmError, InvalidInput, NotAllowed, NotFound, UpstreamError
from crm.storage.trouble import passes_by_itself, trouble_of
from crm.upkeep.troubles import HAPPENED, consequence
from crm.web import login, watching
from crm.web.htmx import wants_fragment
from crm.web.session import READING, begin_reading
from crm.web.watching import rule
from crm.web.words import in_words

_STATUS = {NotFound: 404, Conflict: 409, InvalidInput: 422, NotAllowed: 403, UpstreamError: 502}
_SECRET = ("password", "code", "secret", "token_")
_log = logging.getLogger(__name__)


def _show(
    status: int,
    title: str,
    sentence: str,
    *,
    incident: str = "",
    again: list[tuple[str, str]] | None = None,
) -> Response:
    _only_read()
    template = "errors/_notice.html" if wants_fragment() else "errors/page.html"
    page = render_template(
        template, status=status, title=title, sentence=sentence, incident=incident, again=again
    )
    answer = make_response(page, status)
    if wants_fragment():
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#notices", "innerHTML"
    return answer


def _only_read() -> None:
    """From here on nothing is written, and the one who is signed in is named where that can be told."""
    begin_reading()
    login.name_or_nobody()
    login.reread()


def _domain(error: CrmError) -> Response:
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    titles = {
        404: gettext("Fant ikke siden"),
        409: gettext("Det gikk ikke"),
        422: gettext("Noe må rettes"),
        403: gettext("Ingen tilgang"),
        502: gettext("Fikk ikke kontakt"),
    }
    return _show(status, str(titles[status]), in_words(error))


def _http(error: HTTPException) -> Response:
    said = {
        400: gettext("Forespørselen kunne ikke leses. Gå tilbake, og prøv igjen."),
        403: gettext("Du har ikke rettigheten som trengs. Be en administrator om den."),
        404: gettext("Siden finnes ikke, eller den er flyttet. Søk etter det du leter etter."),
        405: gettext("Siden kan ikke åpnes på denne måten. Gå tilbake, og prøv igjen."),
        413: gettext("Fila er for stor."),
    }
    titles = {403: gettext("Ingen tilgang"), 404: gettext("Fant ikke siden")}
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    title = titles.get(status, gettext("Det gikk ikke"))
    answer = _show(status, str(title), str(said.get(status, gettext("Prøv igjen om litt."))))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _csrf(_error: CSRFError) -> Response:
    sentence = gettext("Skjemaet har vært åpent for lenge. Last siden på nytt, og send en gang til.")
    return _show(400, str(gettext("Skjemaet er utløpt")), str(sentence))


def _stale(_error: StaleDataError) -> Response:
    sentence = gettext(
        "Noen andre endret dette mens du skrev. Last siden på nytt for å se hva som står der nå."
    )
    return _show(409, str(gettext("Endret av en annen")), str(sentence))


def _refused(error: SQLAlchemyError) -> Response:
    """The database could not be used: what happened, and whether what was sent is kept."""
    if not passes_by_itself(error):
        return _unforeseen(error)
    _only_read()
    trouble = trouble_of(error)
    _log.warning("The database could not be used (%s) at %s %s", trouble.value, request.method, rule())
    writing = request.method not in READING
    sentences = (HAPPENED[trouble], consequence(trouble, writing=writing))
    answer = _show(
        503,
        str(gettext("Det gikk ikke akkurat nå")),
        " ".join(str(gettext(sentence)) for sentence in sentences),
        again=_sent_again() if writing else None,
    )
    answer.headers["Retry-After"] = "5"
    return answer


def _sent_again() -> list[tuple[str, str]]:
    """What was typed, so that it can be sent once more from the error page; secrets are left out."""
    if request.files or any(sign in name for name in request.form for sign in _SECRET):
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]


def _unforeseen(error: Exception) -> Response:
    incident = watching.incident()
    _log.error("Incident %s at %s %s", incident, request.method, rule(), exc_info=error)
    sentence = gettext(
        "Noe gikk galt hos oss, og ingenting er lagret. Prøv igjen, eller meld fra med koden under."
    )
    return _show(500, str(gettext("Noe gikk galt")), str(sentence), incident=incident)


def install(app: Flask) -> None:
    app.register_error_handler(CrmError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(DBAPIError, _refused)
    app.register_error_handler(PoolTimeoutError, _refused)
    app.register_error_handler(Exception, _unforeseen)
