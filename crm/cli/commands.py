"""Every command group, hung on the program."""

from __future__ import annotations

from flask import Flask

from crm.cli import assets, db, serve, users


def install(app: Flask) -> None:
    for group in (assets.group, db.group, serve.serve, users.group):
        app.cli.add_command(group)
