"""The worker as a process: killed half-way, stopped politely, left alone by its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from crm import clock
from crm.companies.models import Company
from crm.jobs.child import Child
from crm.matches import operations
from crm.matches.models import MatchRun, RunState, Suggestion
from crm.storage.engines import Database

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]


def until(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "CRM_ENV": "development",
        "CRM_OFFLINE": "1",
        "CRM_INSTANCE": str(tmp_path / "instance"),
    }


@pytest.fixture
def start(environment: dict[str, str], url: str) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def go(*more: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*COMMAND, *more],
            cwd=ROOT,
            env={**environment, "CRM_DATABASE_URL": url},
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield go
    for process in started:
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()


def runs(database: Database) -> list[MatchRun]:
    with database.Read() as session:
        return list(session.scalars(select(MatchRun)))


def pairs(database: Database) -> list[tuple[object, ...]]:
    chosen = select(
        Suggestion.need_id, Company.orgnr, Suggestion.rank, Suggestion.score, Suggestion.probability
    )
    with database.Read() as session:
        rows = session.execute(chosen.join(Company, Company.id == Suggestion.company_id))
        return sorted(tuple(row) for row in rows)


def test_a_worker_killed_half_way_leaves_one_whole_round(
    url: str,
    database: Database,
    start: Callable[..., subprocess.Popen[bytes]],
    filler: Callable[..., None],
    tmp_path: Path,
) -> None:
    filler(database, register=4000, wishes=40)
    killed = start()
    until(lambda: any(run.state is RunState.RUNNING and run.step == "ranking" for run in runs(database)))
    killed.kill()
    killed.wait()
    [left] = runs(database)
    assert (left.state, left.claim) == (RunState.RUNNING, 1)
    assert pairs(database) == []
    let_the_lease_run_out(database)
    start()
    until(lambda: runs(database)[0].state is RunState.DONE)
    [run] = runs(database)
    assert run.claim == 2
    assert len(pairs(database)) == len({pair[:2] for pair in pairs(database)}) == run.suggestions > 0
    assert pairs(database) == undisturbed(database)


def let_the_lease_run_out(database: Database) -> None:
    with database.Write() as session:
        session.execute(update(MatchRun).values(lease_until=clock.now() - timedelta(seconds=1)))
        session.commit()


def undisturbed(database: Database) -> list[tuple[object, ...]]:
    """The suggestions of the same week's round when nobody disturbs it, the first one forgotten."""
    from crm.jobs import weekly_round  # noqa: PLC0415

    with database.Write() as session:
        for row in session.scalars(select(Suggestion)):
            session.delete(row)
        [first] = session.scalars(select(MatchRun))
        week = first.week
        session.delete(first)
        session.flush()
        run = operations.request_run(session, week, actor_id=None, now=clock.now())
        session.commit()
    weekly_round.run(database, run.id)
    return pairs(database)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_worker_told_to_stop_ends_by_itself(
    database: Database, start: Callable[..., subprocess.Popen[bytes]], filler: Callable[..., None]
) -> None:
    filler(database, register=50)
    process = start()
    until(lambda: [run.state for run in runs(database)] == [RunState.DONE])
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_worker_whose_parent_is_gone_ends_by_itself(
    database: Database, start: Callable[..., subprocess.Popen[bytes]], filler: Callable[..., None]
) -> None:
    filler(database, register=50)
    process = start("--with-parent")
    until(lambda: [run.state for run in runs(database)] == [RunState.DONE])
    assert process.poll() is None
    assert process.stdin
    process.stdin.close()
    assert process.wait(20) == 0


def test_a_child_that_dies_is_started_again_and_ended_with_us() -> None:
    waiting = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with Child(waiting, first_pause=0.05) as child:
        until(lambda: child.pid is not None)
        first = child.pid
        assert first
        os.kill(first, signal.SIGKILL)
        until(lambda: child.pid not in {None, first})
        second = child.pid
    assert second
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_child_that_dies_at_once_is_started_with_growing_pauses(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with Child([sys.executable, "-c", f"open({str(log)!r}, 'a').write('x')"], first_pause=0.4):
        time.sleep(1.6)
    assert 2 <= len(log.read_text(encoding="utf-8")) <= 3
