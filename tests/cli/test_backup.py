"""A backup is whole and proved; a restore takes nothing else, and loses nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, func, select

from crm.companies.models import Company
from crm.storage import copies
from crm.storage.engines import Database, driver
from tests import world as worlds

Command = Callable[..., Result]


@pytest.fixture
def small(own_database: Database) -> Database:
    with own_database.Write() as session:
        worlds.build(session)
        session.commit()
    return own_database


def companies(database: Database) -> int:
    with database.Read() as session:
        return session.scalar(select(func.count()).select_from(Company)) or 0


def empty(database: Database) -> None:
    with database.Write() as session:
        session.execute(delete(Company))
        session.commit()


def test_a_backup_tells_rows_and_hash_and_comes_back_whole(
    command: Command, small: Database, program: Flask, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    made = command("backup", copy)
    assert made.exit_code == 0, made.stderr
    lines = made.stdout.splitlines()
    assert "companies: 2 rows" in lines
    assert lines[-1] == f"sha256: {hashlib.sha256(copy.read_bytes()).hexdigest()}"
    assert copy.stat().st_mode & 0o077 == 0
    empty(small)
    back = command("restore", copy)
    assert (back.exit_code, back.stdout) == (0, made.stdout)
    assert companies(small) == 2
    small.dispose()
    [kept] = (tmp_path / "instance").glob("crm.sqlite.before-*")
    with driver.connect(str(kept)) as raw:
        assert raw.execute("select count(*) from companies").fetchone() == (0,)
    raw.close()


def test_a_backup_can_be_made_while_somebody_writes(
    command: Command, small: Database, tmp_path: Path
) -> None:
    with small.Write() as session:
        session.execute(delete(Company))
        assert command("backup", tmp_path / "copy.sqlite").exit_code == 0
        session.rollback()
    assert copies.examine(tmp_path / "copy.sqlite").rows["companies"] == 2


def test_a_backup_that_fails_leaves_the_last_one_alone(
    command: Command, small: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.sqlite"
    command("backup", copy)
    before = copy.read_bytes()

    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "_settle", full)
    done = command("backup", copy)
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert copy.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_restore_refuses_while_the_program_runs(command: Command, small: Database, tmp_path: Path) -> None:
    command("backup", tmp_path / "copy.sqlite")
    empty(small)
    other = driver.connect(str(tmp_path / "instance" / "crm.sqlite"))
    other.execute("select count(*) from companies").fetchone()
    done = command("restore", tmp_path / "copy.sqlite")
    other.close()
    assert (done.exit_code, done.stdout) == (1, "")
    assert companies(small) == 0


def a_text(path: Path) -> None:
    path.write_text("no database at all", encoding="utf-8")


def a_foreign_database(path: Path) -> None:
    with driver.connect(str(path)) as raw:
        raw.execute("create table companies (id integer)")
    raw.close()


def a_plain_copy(path: Path) -> None:
    shutil.copyfile(path.parent / "instance" / "crm.sqlite", path)


def a_damaged_backup(path: Path) -> None:
    copies.make_copy(path.parent / "instance" / "crm.sqlite", path)
    whole = bytearray(path.read_bytes())
    whole[8192:40960] = os.urandom(32768)
    path.write_bytes(whole)


def a_cut_backup(path: Path) -> None:
    copies.make_copy(path.parent / "instance" / "crm.sqlite", path)
    path.write_bytes(path.read_bytes()[: 40 * 4096 + 100])


def a_newer_backup(path: Path) -> None:
    copies.make_copy(path.parent / "instance" / "crm.sqlite", path)
    with driver.connect(str(path)) as raw:
        raw.execute("update alembic_version set version_num = 'ffffffffffff'")
    raw.close()


@pytest.mark.parametrize(
    "spoil",
    [
        a_text,
        a_foreign_database,
        a_plain_copy,
        a_damaged_backup,
        a_cut_backup,
        a_newer_backup,
        lambda _path: None,
    ],
    ids=["text", "foreign", "plain copy", "damaged", "cut", "newer", "missing"],
)
def test_a_restore_takes_nothing_but_a_sound_backup_of_ours(
    command: Command, small: Database, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    small.dispose()
    spoil(tmp_path / "copy.sqlite")
    done = command("restore", tmp_path / "copy.sqlite")
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert companies(small) == 2
    assert not list((tmp_path / "instance").glob("*.before-*"))
