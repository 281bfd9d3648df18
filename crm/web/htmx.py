"""One address, two faces: a whole page, or the fragment an htmx swap asked for."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse


def wants_fragment() -> bool:
    """Whether htmx asked for a part; a restored history entry wants the whole page."""
    asked = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"
    return asked and not request.headers.get("HX-History-Restore-Request")


def render(page: str, /, *, fragment: str | None = None, status: int = 200, **values: object) -> Response:
    """The page, or its fragment for a swap."""
    template = fragment if fragment and wants_fragment() else page
    answer = make_response(render_template(template, **values), status)
    answer.vary.add("HX-Request")
    return answer


def go(address: str) -> AnyResponse:
    """Send the browser on after a POST: 303, or htmx's own way for a swap."""
    if request.headers.get("HX-Request") == "true":
        answer = make_response("", 204)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address, code=303)
