"""What a reader sees when something cannot be done: what happened, what it means, what to do."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from crm.errors import Conflict, CrmError, InvalidInput, NotAllowed, NotFound, UpstreamError
from crm.web import login
from crm.web.htmx import wants_fragment
from crm.web.session import close
from crm.web.words import in_words

_STATUS = {NotFound: 404, Conflict: 409, InvalidInput: 422, NotAllowed: 403, UpstreamError: 502}
_log = logging.getLogger(__name__)


def _show(status: int, title: str, sentence: str, *, incident: str = "") -> Response:
    close()
    login.reread()
    template = "errors/_notice.html" if wants_fragment() else "errors/page.html"
    page = render_template(template, status=status, title=title, sentence=sentence, incident=incident)
    answer = make_response(page, status)
    if wants_fragment():
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#notices", "innerHTML"
    return answer


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


def _busy(error: Exception) -> Response:
    _log.warning("The database could not be used: %s", error)
    sentence = gettext("Databasen er opptatt eller full. Det du skrev, er ikke lagret. Prøv igjen om litt.")
    answer = _show(503, str(gettext("Opptatt akkurat nå")), str(sentence))
    answer.headers["Retry-After"] = "5"
    return answer


def _unforeseen(error: Exception) -> Response:
    incident = secrets.token_hex(4)
    _log.error("Incident %s at %s %s", incident, request.method, request.path, exc_info=error)
    sentence = gettext(
        "Noe gikk galt hos oss, og ingenting er lagret. Prøv igjen, eller meld fra med koden under."
    )
    return _show(500, str(gettext("Noe gikk galt")), str(sentence), incident=incident)


def install(app: Flask) -> None:
    app.register_error_handler(CrmError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeoutError, _busy)
    app.register_error_handler(Exception, _unforeseen)
