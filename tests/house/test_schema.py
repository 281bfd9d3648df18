"""The migrations make exactly the tables the models describe, in one go or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import op
from sqlalchemy import inspect

import crm.cli.commands  # noqa: F401  (every model is known once every command is)
from crm.storage import schema
from crm.storage.engines import Database, open_database, wal_is_safe


def test_migrations_and_models_agree(any_database: Database):
    assert schema.current(any_database.engine) == schema.newest()
    assert schema.differences(any_database.engine) == []


def test_upgrading_again_changes_nothing(tmp_path: Path):
    opened = open_database(f"sqlite:///{tmp_path / 'twice.sqlite'}")
    assert schema.upgrade(opened.engine) == schema.upgrade(opened.engine)
    opened.dispose()


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real, made = op.create_table, []

    def breaks_at_the_fifth(*args: object, **kwargs: object) -> object:
        made.append(args[0])
        if len(made) == 5:
            raise RuntimeError("the power went")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    opened = open_database(f"sqlite:///{tmp_path / 'broken.sqlite'}")
    monkeypatch.setattr(op, "create_table", breaks_at_the_fifth)
    with pytest.raises(RuntimeError):
        schema.upgrade(opened.engine)
    assert inspect(opened.engine).get_table_names() == []
    monkeypatch.undo()
    assert schema.upgrade(opened.engine) == schema.newest()
    opened.dispose()


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 46, 1), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 44, 6), True), ((3, 50, 7), True)],
)
def test_a_write_ahead_log_is_used_only_where_sqlite_may_be_trusted_with_it(
    version: tuple[int, ...], safe: bool
):
    assert wal_is_safe(version) is safe
