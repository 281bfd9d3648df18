"""kill -9 at every k-th commit and at many statements: before or after, never between, and none twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from crm.activities.models import Activity
from crm.companies.models import Company
from crm.exchange.models import ImportState
from crm.matches import operations as matches
from crm.matches.models import MatchRun, RunState, Suggestion
from crm.storage import copies, schema
from crm.storage.engines import Database, driver, open_database
from crm.storage.hashes import tallies
from crm.upkeep.models import Backup, BackupState
from tests.exchange.handling import judged, live, state, table
from tests.exchange.test_killed import ask
from tests.trust.conftest import FULL, Doomed, scaled, sound
from tests.world import NOW

Report = Callable[..., None]
LONG = 10_000


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def test_an_upgrade_that_is_killed_leaves_the_schema_before_or_after(
    doomed: Doomed, tmp_path: Path, report: Report
):
    step, number, between, last = 1 if FULL else 60, 1, 0, tmp_path / "last.sqlite"
    killed = 0
    while True:
        path = tmp_path / "new.sqlite"
        path.unlink(missing_ok=True)
        ended = doomed.do("upgrade", url_of(path), kind="statement", number=number)
        if ended == "done":
            shutil.copyfile(path, last)
            break
        killed += 1
        opened = open_database(url_of(path))
        between += schema.current(opened.engine) not in {None, schema.newest()}
        opened.dispose()
        number += step
    again = open_database(url_of(path))
    assert schema.upgrade(again.engine) == schema.newest()
    assert schema.differences(again.engine) == []
    again.dispose()
    report("FI-05 sqlite kill9-upgrade", n=killed, between=between, corrupt=int(not sound(last)))
    assert (between, sound(last)) == (0, True)
    assert killed > 3


def test_an_import_that_is_killed_goes_on_to_the_same_end(
    doomed: Doomed, database: Database, path: Path, report: Report
):
    rows = scaled(20_000, least=300)
    lines = [f"Firma nummer {n};Person {n};p{n}@example.org;Notat {n}" for n in range(rows)]
    before = live(database)
    import_id = judged(database, table("Firma;Kontaktperson;E-post;Notat", *lines))
    ask(database, import_id, "apply")
    ended, attempts = "killed", 0
    while ended == "killed" and attempts < LONG:
        attempts += 1
        kind, number = ("commit", 2 + attempts % 3) if attempts % 2 else ("statement", 10 + 7 * attempts)
        ended = doomed.do("import_rows", url_of(path), import_id, attempts, kind=kind, number=number)
    with database.Read() as session:
        companies = session.scalar(select(func.count()).where(Company.name.like("Firma nummer %")))
        notes = session.scalar(select(func.count()).where(Activity.text.like("Notat %")))
        names = session.scalar(
            select(func.count(Company.name.distinct())).where(Company.name.like("Firma n%"))
        )
    assert state(database, import_id) is ImportState.APPLIED
    report(
        "FI-03 sqlite kill9-import",
        n=attempts - 1,
        rows=rows,
        lost=rows - int(names or 0),
        dup=int(companies or 0) - int(names or 0),
        half=rows - int(notes or 0),
        corrupt=int(not sound(path)),
    )
    assert (companies, notes, names, sound(path)) == (rows, rows, rows, True)
    ask(database, import_id, "undo")
    assert (
        doomed.do("import_rows", url_of(path), import_id, attempts + 50, kind="commit", number=3) == "killed"
    )
    assert doomed.do("import_rows", url_of(path), import_id, attempts + 99) == "done"
    assert live(database) == before


def test_a_round_killed_at_every_commit_is_one_round_and_the_same_as_undisturbed(
    doomed: Doomed, database: Database, path: Path, report: Report, tmp_path: Path
):
    with database.Write() as session:
        run = matches.request_run(session, "2026-W48", actor_id=None, now=NOW)
        session.commit()
    database.dispose()
    calm = tmp_path / "calm.sqlite"
    shutil.copyfile(path, calm)
    assert doomed.do("make_round", url_of(calm), run.id, 1) == "done"
    attempts, half, step = 0, 0, 1 if FULL else 3
    while True:
        attempts += 1
        ended = doomed.do(
            "make_round", url_of(path), run.id, attempts, kind="commit", number=1 + attempts * step
        )
        found, suggestions = outcome(database)
        half += found.state is not RunState.DONE and bool(suggestions)
        if ended == "done" or attempts > LONG:
            break
    undisturbed = open_database(url_of(calm))
    same = outcome(database)[1] == outcome(undisturbed)[1]
    undisturbed.dispose()
    report("FI-04 sqlite kill9-round", n=attempts - 1, half=half, same=same, corrupt=int(not sound(path)))
    assert (half, same, found.state) == (0, True, RunState.DONE)
    assert attempts > 1


def outcome(database: Database) -> tuple[MatchRun, list[tuple[object, ...]]]:
    chosen = select(Suggestion.need_id, Suggestion.company_id, Suggestion.rank, Suggestion.score)
    with database.Read() as session:
        [run] = session.scalars(select(MatchRun))
        return run, sorted(tuple(row) for row in session.execute(chosen))


def test_a_backup_that_is_killed_leaves_the_one_before_and_nothing_that_looks_whole(
    doomed: Doomed, database: Database, path: Path, report: Report, tmp_path: Path
):
    target, broken, killed = tmp_path / "copy.backup", 0, 0
    copies.make_copy(path, target)
    before = target.read_bytes()
    moments = scaled(100, least=5)
    for number in range(moments):
        kind = "commit" if number % 2 else "statement"
        folder = tmp_path / "nights"
        ended = doomed.do("back_up_by_night", url_of(path), str(folder), 1, kind=kind, number=1 + number // 2)
        killed += ended == "killed"
        for made in folder.glob("klyngetorg-*.backup"):
            copies.examine(made)
        with database.Write() as session:
            for row in session.scalars(select(Backup)):
                broken += row.state is BackupState.DONE and not (folder / row.file).exists()
                session.delete(row)
            session.commit()
    broken += target.read_bytes() != before
    assert doomed.do("back_up", url_of(path), str(target)) == "done"
    copies.examine(target)
    report("FI-07 sqlite kill9-backup", n=killed, broken=broken, corrupt=int(not sound(path)))
    assert (broken, sound(path)) == (0, True)


def test_an_export_that_is_killed_leaves_no_half_a_file(
    doomed: Doomed, path: Path, report: Report, tmp_path: Path
):
    out, half, killed = tmp_path / "out" / "leads.csv", 0, 0
    out.parent.mkdir()
    assert doomed.do("export", url_of(path), str(out)) == "done"
    whole = out.read_bytes()
    for number in range(scaled(100, least=4)):
        killed += doomed.do("export", url_of(path), str(out), kind="statement", number=1 + number) == "killed"
        half += len(out.read_bytes()) != len(whole)
    assert doomed.do("export", url_of(path), str(out)) == "done"
    report("FI-06 sqlite kill9-export", n=killed, half=half, corrupt=int(not sound(path)))
    assert half == 0


def test_a_move_killed_at_many_statements_moves_all_or_nothing(
    doomed: Doomed, database: Database, path: Path, report: Report, tmp_path: Path
):
    with database.engine.connect() as connection:
        wanted = tallies(connection)
    number, killed, half, target = 1, 0, 0, tmp_path / "target.sqlite"
    step = 1 if FULL else 20
    while doomed.do("move", url_of(path), url_of(target), kind="statement", number=number) == "killed":
        killed += 1
        number += step * 10
        with driver.connect(str(target)) as raw:
            there = raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'companies'").fetchone()[0]
            half += bool(there and raw.execute("SELECT count(*) FROM companies").fetchone()[0])
        raw.close()
    opened = open_database(url_of(target))
    with opened.engine.connect() as connection:
        same = tallies(connection) == wanted
    opened.dispose()
    report("FI-38 sqlite kill9-move", n=killed, half=half, same=same)
    assert (half, same) == (0, True)
