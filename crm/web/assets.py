"""Addresses of our own style sheets, scripts and fonts; a changed file gets a new address."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for


@lru_cache(maxsize=64)
def _version(path: str, _modified: float) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file under static/, with a mark of its content."""
    path = Path(str(current_app.static_folder)) / name
    modified = path.stat().st_mtime if path.exists() else 0.0
    mark = _version(str(path), modified) if modified else "missing"
    return url_for("static", filename=name, v=mark)


def install(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset
