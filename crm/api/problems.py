"""What a program is told when something cannot be done: one shape, in English and in bokmål."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import force_locale, gettext
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from crm.api.shapes import Complaint, Problem
from crm.errors import Conflict, CrmError, InvalidInput, NotAllowed, NotFound, UpstreamError, said
from crm.storage.trouble import Trouble, passes_by_itself, trouble_of

_STATUS = {NotFound: 404, Conflict: 409, InvalidInput: 422, NotAllowed: 403, UpstreamError: 502}
_SENTENCES = {
    400: said("Forespørselen kunne ikke leses. Se beskrivelsen på /api/v1/openapi.json."),
    401: said("Send en gyldig nøkkel i hodefeltet Authorization: Bearer. Lag en med «users token»."),
    403: said("Du har ikke rettigheten som trengs. Be en administrator om den."),
    404: said("Adressen finnes ikke. Se beskrivelsen på /api/v1/openapi.json."),
    405: said("Adressen tar ikke denne metoden. Se hodefeltet Allow."),
    413: said("Forespørselen er for stor."),
    415: said("Send innholdet som application/json."),
    429: said("For mange forespørsler. Vent så lenge som hodefeltet Retry-After sier."),
}
_OTHERWISE = said("Noe gikk galt hos oss, og ingenting er lagret. Prøv igjen, eller meld fra med koden.")
_NOT_NOW = said("Databasen kan ikke brukes akkurat nå. Ingenting er lagret. Prøv igjen om litt.")
_UNKNOWN_END = said(
    "Forbindelsen til databasen ble brutt, og det er ukjent om noe ble lagret. Send det på nytt med samme "
    "Idempotency-Key, så skjer det bare én gang."
)
_log = logging.getLogger(__name__)


class Refused(Exception):  # noqa: N818  (it is an answer, not a fault)
    """An answer before anything was tried: a status, and headers that say what to do."""

    def __init__(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(status))
        self.status, self.headers = status, dict(headers or {})


def problem(status: int, sentence: str, values: Mapping[str, object] | None = None, **more: Any) -> Response:
    """An answer of the type application/problem+json; the sentence is one of ours, in bokmål."""
    told = Problem(
        type=f"urn:klyngetorg:problem:{status}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=in_language("en", sentence, values),
        detail_nb=in_language("nb", sentence, values),
        **more,
    )
    return Response(told.model_dump_json(), status=status, mimetype="application/problem+json")


def in_language(language: str, sentence: str, values: Mapping[str, object] | None = None) -> str:
    with force_locale(language):
        return str(gettext(sentence, **(values or {})))


def _domain(error: CrmError) -> Response:
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    if status == 422 and request.method == "GET":
        status = 400
    complaints = []
    if error.field:
        spoken = {at: in_language(at, error.message, error.values) for at in ("en", "nb")}
        complaints = [Complaint(field=error.field, detail=spoken["en"], detail_nb=spoken["nb"])]
    return problem(status, error.message, error.values, errors=complaints)


def _shape(error: ValidationError) -> Response:
    """Fields that are missing, unknown or of the wrong kind, each by name."""
    complaints = [
        Complaint(field=_path(found["loc"]), detail=found["msg"][:300]) for found in error.errors()[:50]
    ]
    return problem(400 if request.method == "GET" else 422, _SENTENCES[400], errors=complaints)


def _path(places: Sequence[object]) -> str:
    return ".".join(str(place) for place in places)[:200]


def _refused(error: Refused) -> Response:
    answer = problem(error.status, _SENTENCES[error.status])
    answer.headers.update(error.headers)
    return answer


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(status, _SENTENCES.get(status, _OTHERWISE))


def _overtaken(_error: Exception) -> Response:
    return problem(409, said("Noen andre endret dette i mellomtiden. Hent det på nytt, og prøv igjen."))


def _refused_by_database(error: SQLAlchemyError) -> Response:
    if not passes_by_itself(error):
        return _unforeseen(error)
    trouble = trouble_of(error)
    _log.warning("The database could not be used (%s) at %s %s", trouble.value, request.method, _rule())
    told = _UNKNOWN_END if trouble is Trouble.LOST and request.method != "GET" else _NOT_NOW
    answer = problem(503, told)
    answer.headers["Retry-After"] = "5"
    return answer


def _unforeseen(error: Exception) -> Response:
    incident = secrets.token_hex(4)
    _log.error("Incident %s at %s %s", incident, request.method, _rule(), exc_info=error)
    return problem(500, _OTHERWISE, incident=incident)


def _rule() -> str:
    """The rule of the address, without the numbers and words in it."""
    return str(request.url_rule or "")


def install(blueprint: Blueprint) -> None:
    blueprint.register_error_handler(CrmError, _domain)
    blueprint.register_error_handler(ValidationError, _shape)
    blueprint.register_error_handler(Refused, _refused)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(StaleDataError, _overtaken)
    blueprint.register_error_handler(IntegrityError, _overtaken)
    blueprint.register_error_handler(DBAPIError, _refused_by_database)
    blueprint.register_error_handler(PoolTimeoutError, _refused_by_database)
    blueprint.register_error_handler(Exception, _unforeseen)
