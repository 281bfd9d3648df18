"""A part of the matrix of rights on PostgreSQL: the queries that keep records apart are the same there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from crm.app import create_app
from crm.cli.db import upgrade_database
from tests.conftest import KEY
from tests.web import test_rights as whole
from tests.web.test_rights import Grounds, Visitor, enter, grounds

PARTS = ("activities", "api", "upkeep")
__all__ = ["enter", "grounds"]


@pytest.fixture(scope="module")
def _app(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("instance")
    made = create_app(
        Config(secret_key=KEY, instance=folder, database_url=postgres_url, env="test", offline=True)
    )
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with made.app_context():
        upgrade_database()
    yield made
    made.extensions["crm.database"].dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("part", PARTS)
def test_whoever_lacks_the_right_is_refused_on_postgresql_too(
    app: Flask, db: Session, grounds: Grounds, enter: Callable[..., Visitor], part: str
) -> None:
    whole.test_whoever_lacks_the_right_is_refused_and_no_row_changes(app, db, grounds, enter, part)


@pytest.mark.postgres
def test_whoever_has_the_right_is_let_in_on_postgresql_too(
    app: Flask, db: Session, grounds: Grounds, enter: Callable[..., Visitor]
) -> None:
    whole.test_whoever_has_the_right_is_let_in_and_reading_changes_no_row(
        app, db, grounds, enter, "activities"
    )
