"""Every command group, hung on the program."""

from __future__ import annotations

from flask import Flask

from crm.cli import (
    assets,
    backup,
    codes,
    db,
    demo,
    doctor,
    export,
    leads,
    match,
    privacy,
    register,
    report,
    round,  # noqa: A004  (named as the command is)
    serve,
    take_in,
    users,
    worker,
)

_GROUPS = (
    assets.group,
    codes.group,
    db.group,
    demo.group,
    export.group,
    leads.group,
    match.group,
    register.group,
    report.group,
    round.group,
    users.group,
)
_COMMANDS = (
    privacy.anonymise_copy,
    backup.backup,
    backup.restore,
    doctor.doctor,
    serve.serve,
    take_in.take_in,
    worker.worker,
)


def install(app: Flask) -> None:
    for command in (*_GROUPS, *_COMMANDS):
        app.cli.add_command(command)
