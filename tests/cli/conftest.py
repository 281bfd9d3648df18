"""The commands of a program with an instance folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from config import Config
from crm.app import create_app
from crm.cli.db import upgrade_database
from crm.storage.engines import Database

_KEY = "a key for tests alone, never for anything else"


def _made(folder: Path, **more: object) -> Flask:
    config = Config(secret_key=_KEY, instance=folder, env="test", offline=True, **more)  # type: ignore[arg-type]
    return create_app(config)


@pytest.fixture(scope="session")
def _upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgraded")
    made = _made(folder)
    with made.app_context():
        upgrade_database()
    made.extensions["crm.database"].dispose()
    return folder


@pytest.fixture
def program(_upgraded: Path, tmp_path: Path) -> Iterator[Flask]:
    """A program whose database is empty and on the newest schema."""
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copyfile(_upgraded / "crm.sqlite", folder / "crm.sqlite")
    made = _made(folder)
    yield made
    made.extensions["crm.database"].dispose()


@pytest.fixture
def own_database(program: Flask) -> Database:
    return program.extensions["crm.database"]


@pytest.fixture
def command(program: Flask) -> Callable[..., Result]:
    """Runs a command; its output and its errors are kept apart."""

    def run(*words: object, stdin: bytes | None = None) -> Result:
        return program.test_cli_runner().invoke(args=[str(word) for word in words], input=stdin)

    return run


@pytest.fixture
def postgres_program(postgres_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = _made(tmp_path, database_url=postgres_url)
    yield made
    made.extensions["crm.database"].dispose()
