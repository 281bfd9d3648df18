"""``round run`` and ``match rank`` keep to their contract."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select

from crm import clock
from crm.jobs import weekly_round
from crm.matches.models import MatchRun, RunState
from crm.storage.engines import Database
from tests import world as worlds

Command = Callable[..., Result]


@pytest.fixture
def small(own_database: Database) -> Database:
    with own_database.Write() as session:
        worlds.build(session)
        session.commit()
    return own_database


def test_a_round_prints_its_counts_and_then_that_it_is_done(command: Command, small: Database) -> None:
    first = command("round", "run", "--week", "2026-W53")
    assert (first.exit_code, first.stderr) == (0, "")
    assert re.fullmatch(r"round 2026-W53: 2 companies, 1 needs, \d+ suggestions\n", first.stdout)
    again = command("round", "run", "--week", "2026-W53")
    assert (again.exit_code, again.stdout) == (0, "round 2026-W53: already done\n")


def test_the_present_week_is_the_default(command: Command, small: Database) -> None:
    assert command("round", "run").stdout.startswith(f"round {clock.iso_week(clock.now())}: ")


@pytest.mark.parametrize("week", ["2026-W54", "2025-W53", "2026-48", "W48", "2026-W00", "next"])
def test_what_is_no_week_is_a_usage_error(command: Command, week: str) -> None:
    done = command("round", "run", "--week", week)
    assert (done.exit_code, done.stdout) == (2, "")
    assert week in done.stderr


def test_a_failed_round_says_why_in_one_line_and_may_be_run_again(
    command: Command, small: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(weekly_round, "gather", broken)
    done = command("round", "run")
    monkeypatch.undo()
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "ZeroDivisionError" in done.stderr
    with small.Read() as session:
        assert session.scalars(select(MatchRun.state)).all() == [RunState.FAILED]
    assert command("round", "run").exit_code == 0


def test_the_matchmaker_ranks_files(command: Command, tmp_path: Path) -> None:
    companies, needs, out = (tmp_path / f"{name}.jsonl" for name in ("companies", "needs", "out"))
    texts = {"a": "Fysioterapi og opptrening", "b": "Graving og sprengning"}
    companies.write_text(
        "\n".join(json.dumps({"key": key, "text": text}) for key, text in texts.items()), encoding="utf-8"
    )
    needs.write_text(json.dumps({"key": "n", "text": "Vi trenger fysioterapeut"}), encoding="utf-8")
    words = ("match", "rank", "--companies", companies, "--needs", needs, "--top", 1, "--out", out)
    done = command(*words)
    assert (done.exit_code, done.stdout) == (0, "1 rows\n")
    [row] = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert (row["need"], row["company"], row["rank"]) == ("n", "a", 1)
    needs.write_text('{"key": "n", "text": "x"}\nnot json\n', encoding="utf-8")
    broken = command(*words)
    assert (broken.exit_code, len(broken.stderr.splitlines())) == (1, 1)
    assert "2" in broken.stderr
    assert command("match", "rank", "--top", "0").exit_code == 2
