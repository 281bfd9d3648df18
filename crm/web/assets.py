"""Addresses of our own style sheets, scripts and fonts; a changed file gets a new address."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, request, url_for

_TEXTS = (".css", ".js", ".svg")


@lru_cache(maxsize=64)
def _version(path: str, _modified: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file under static/, with a mark of its content."""
    path = Path(str(current_app.static_folder)) / name
    modified = path.stat().st_mtime if path.exists() else 0.0
    mark = _version(str(path), modified) if modified else "missing"
    return url_for("static", filename=name, v=mark)


def send(filename: str) -> Response:
    """A file under static/; a text as small as it gets, for it is packed once and sent many times."""
    answer = current_app.send_static_file(filename)
    path = Path(str(current_app.static_folder)) / filename
    if answer.status_code != 200 or path.suffix not in _TEXTS or not request.accept_encodings["br"]:
        return answer
    answer.direct_passthrough = False
    answer.set_data(_packed(str(path), path.stat().st_mtime))
    answer.headers["Content-Encoding"] = "br"
    answer.vary.add("Accept-Encoding")
    answer.set_etag(f"{answer.get_etag()[0]}-br")
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=64)
def _packed(path: str, _modified: float) -> bytes:
    return bytes(brotli.compress(Path(path).read_bytes(), quality=11))


def install(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset
