"""Learning from the mirror: once for each state of it, never half, and put to use by the round."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from crm import clock
from crm.codes.models import IndustryCode, IndustrySuccessor
from crm.jobs import training, weekly_round
from crm.jobs.ready import Ready
from crm.matches import operations
from crm.matches.models import MatchRun
from crm.matchmaker.industries.industry import Industry
from crm.matchmaker.profiles import CompanyProfile
from crm.matchmaker.ranking.kept_weights import KeptWeights
from crm.matchmaker.ranking.ranker import Matchmaker
from crm.registry import ledger
from crm.registry.counts import Counts
from crm.storage.engines import Database, open_database

PHYSIO, DIGGING = Industry("SN2025", "86.950"), Industry("SN2025", "43.120")


@pytest.fixture
def loaded(filled: Database, now: datetime) -> Database:
    """The filled database, with its load in the ledger as ``register load`` leaves it."""
    load_again(filled, now)
    return filled


def load_again(database: Database, now: datetime) -> None:
    with database.Write() as session:
        load = ledger.begin_load(session, "units", "test", now=now)
        ledger.finish_load(session, load.id, Counts(), now=now)
        session.commit()


def made(instance: Path) -> str | None:
    bridge = training.in_use(instance)
    return None if bridge is None else str(bridge.facts_["made"])


def test_the_mirror_teaches_what_each_industry_writes(loaded: Database, tmp_path: Path, now: datetime):
    trained = training.train(loaded, tmp_path, now=now)
    assert (trained.units, trained.texts) == (200, 200)
    assert trained.line().startswith("bridge: 200 units with a text, 200 used, ")
    bridge = training.in_use(tmp_path)
    assert bridge is not None
    found = bridge.transform(["opptrening etter skade", "sprengning"], [PHYSIO, DIGGING])
    assert found.argmax(axis=1).tolist() == [0, 1]


def test_names_of_industries_teach_in_both_languages(loaded: Database, tmp_path: Path, now: datetime):
    with loaded.Write() as session:
        session.execute(delete(IndustryCode))
        session.add(IndustryCode(standard="SN2025", code="43.120", name_nb="Grunn", name_en="Qvyxwzk"))
        session.commit()
    training.train(loaded, tmp_path, now=now)
    bridge = training.in_use(tmp_path)
    assert bridge is not None
    assert bridge.transform(["qvyxwzk"], [PHYSIO, DIGGING]).argmax() == 1


def test_a_code_with_one_predecessor_teaches_the_old_standard_too(
    loaded: Database, tmp_path: Path, now: datetime
):
    with loaded.Write() as session:
        session.execute(delete(IndustrySuccessor))
        session.add(IndustrySuccessor(sn2007="86.902", sn2025="86.950"))
        session.commit()
    training.train(loaded, tmp_path, now=now)
    bridge = training.in_use(tmp_path)
    assert bridge is not None
    assert Industry("SN2007", "86.902") in bridge.industries_


def test_it_learns_anew_only_where_something_changed(loaded: Database, tmp_path: Path, now: datetime):
    later = now + timedelta(days=7)
    assert training.train_if_stale(loaded, tmp_path, now=now)
    assert training.train_if_stale(loaded, tmp_path, now=later) is None
    load_again(loaded, later)
    assert training.train_if_stale(loaded, tmp_path, now=later)
    assert made(tmp_path) == later.isoformat()


def test_without_a_register_nothing_is_learned(database: Database, tmp_path: Path, now: datetime):
    assert training.train_if_stale(database, tmp_path, now=now) is None
    assert training.in_use(tmp_path) is None


def test_where_it_cannot_be_kept_the_one_in_use_stays_and_the_log_says_so(
    loaded: Database, tmp_path: Path, now: datetime, caplog: pytest.LogCaptureFixture
):
    blocked = tmp_path / "models"
    blocked.write_text("no folder", encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert training.train_if_stale(loaded, tmp_path, now=now) is None
    assert "the one in use stays" in caplog.text


def test_training_killed_half_way_leaves_the_one_in_use(
    sqlite_url: str, filler: Callable[..., None], tmp_path: Path, now: datetime
):
    opened = open_database(sqlite_url)
    filler(opened)
    training.train(opened, tmp_path, now=now)
    script = f"""
import os, signal
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from crm.jobs import training
from crm.matchmaker import model_files
from crm.storage.engines import open_database
model_files._write = lambda path, content: os.kill(os.getpid(), signal.SIGKILL)
training.train(open_database({sqlite_url!r}), Path({str(tmp_path)!r}), now=datetime.now(timezone.utc))
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert made(tmp_path) == now.isoformat()
    later = now + timedelta(days=7)
    training.train(opened, tmp_path, now=later)
    assert made(tmp_path) == later.isoformat()
    opened.dispose()


def test_the_round_learns_first_and_writes_down_which_bridge_it_used(
    loaded: Database, tmp_path: Path, now: datetime
):
    with loaded.Write() as session:
        run_id = operations.request_run(session, clock.iso_week(now), actor_id=None, now=now).id
        session.commit()
    assert weekly_round.run(loaded, run_id, instance=tmp_path, now=lambda: now)
    with loaded.Read() as session:
        run = session.get_one(MatchRun, run_id)
    assert run.suggestions > 0
    used = run.parameters["model"]["register"]
    assert (used["made"], used["data"]["units"]) == (now.isoformat(), 200)


def matchmaker(**settings: float) -> Matchmaker:
    companies = [CompanyProfile(key="a", text="Fysioterapi"), CompanyProfile(key="b", text="Graving")]
    return Matchmaker(**settings).fit(companies)  # type: ignore[arg-type]


def test_the_weights_of_a_round_are_in_use_until_the_next(tmp_path: Path, now: datetime):
    taught = matchmaker().weigh({**matchmaker().weights_, "text": 3.25}, -4.5)
    training.keep_weights(tmp_path, taught, week="2026-W48", now=now)
    later = matchmaker()
    training.weigh(later, tmp_path)
    assert (later.weights_["text"], later.bias_) == (3.25, -4.5)
    training.keep_weights(tmp_path, matchmaker(), week="2026-W49", now=now)
    training.weigh(later, tmp_path)
    assert (later.weights_, later.bias_) == (matchmaker().weights_, matchmaker().bias)


def test_weights_learned_with_other_settings_are_not_used(tmp_path: Path, now: datetime):
    taught = matchmaker().weigh({**matchmaker().weights_, "text": 3.25}, -4.5)
    training.keep_weights(tmp_path, taught, week="2026-W48", now=now)
    other = matchmaker(place_weight=0.9)
    training.weigh(other, tmp_path)
    assert (other.weights_["text"], other.weights_["place"]) == (other.text_weight, 0.9)


def test_damaged_weights_leave_the_ones_before_in_use(tmp_path: Path, now: datetime):
    taught = matchmaker().weigh({**matchmaker().weights_, "text": 3.25}, -4.5)
    training.keep_weights(tmp_path, taught, week="2026-W48", now=now)
    training.keep_weights(tmp_path, matchmaker(), week="2026-W49", now=now)
    (tmp_path / "models" / "weights" / "000002" / "figures.npy").write_bytes(b"half")
    later = matchmaker()
    training.weigh(later, tmp_path)
    assert later.weights_["text"] == 3.25


def test_a_round_keeps_its_weights_and_a_new_need_is_weighed_by_them(
    loaded: Database, tmp_path: Path, now: datetime
):
    with loaded.Write() as session:
        run_id = operations.request_run(session, clock.iso_week(now), actor_id=None, now=now).id
        session.commit()
    weekly_round.run(loaded, run_id, instance=tmp_path, now=lambda: now)
    kept = KeptWeights.newest(tmp_path / "models" / "weights")
    assert kept is not None
    assert (kept.facts["week"], kept.facts["learned"]["why"]) == (clock.iso_week(now), "too_few")
    moved = matchmaker().weigh({**kept.weights, "text": 3.25}, -4.5)
    training.keep_weights(tmp_path, moved, week="2026-W49", now=now)
    assert Ready(loaded, tmp_path).matchmaker(top=5, now=now).weights_["text"] == 3.25
