from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm.errors import UpstreamError
from crm.matchmaker.index.hands import spread_over

Cluster = tuple[str, dict[str, subprocess.Popen[bytes]]]
ROOT = Path(__file__).resolve().parents[2]
# What a process of its own does, as the tests may open no socket: rank on the cluster and here. A worker that
# was stopped beforehand is killed when it has been given work.
RANKING = """
import json, os, signal, sys, threading, time
from pathlib import Path
from distributed import Client
from crm.matchmaker.index.hands import spread_over
from crm.matchmaker.profiles import CompanyProfile, NeedProfile
from crm.matchmaker.ranking.ranker import Matchmaker

address, shared, stopped = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
words = "gravemaskin fysioterapi snekker bakeri transport regnskap skogsdrift utleie drenering turer".split()
text = lambda number: " ".join(words[(number * step) % 10] for step in (1, 3, 7))
companies = [
    CompanyProfile(key=f"c{n:04}", text=text(n), nace=(f"{10 + n % 50}.100",), employees=n % 90)
    for n in range(900)
]
needs = [NeedProfile(key=f"n{number:03}", text=text(number)) for number in range(160)]

def kill_when_given_work():
    with Client(address, set_as_default=False) as client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        [held] = [address for address, worker in workers.items() if worker["name"] == "stopped"]
        while not client.processing().get(held):
            time.sleep(0.02)
    os.kill(stopped, signal.SIGKILL)

matchmaker = Matchmaker(top=20).fit(companies)
watch = threading.Thread(target=kill_when_given_work)
if stopped:
    watch.start()
with spread_over(address.replace("tcp://", "dask://"), shared):
    spread = matchmaker.rank(needs)
    left = [path.name for path in shared.iterdir()]
if stopped:
    watch.join()
print(json.dumps([spread == matchmaker.rank(needs), len(left), [path.name for path in shared.iterdir()]]))
"""


def started(module: str, *settings: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{module}", *settings]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "DASK_TEMPORARY_DIRECTORY": str(folder)}, **quiet
    )


def until(path: Path) -> str:
    for _ in range(1200):
        if path.exists() and path.read_text():
            return json.loads(path.read_text())["address"]
        time.sleep(0.05)
    raise TimeoutError(f"{path.name} did not appear")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler and two workers on loopback, one named to be stopped."""
    found = tmp_path / "scheduler.json"
    scheduler = started(
        "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(found), folder=tmp_path,
    )  # fmt: skip
    running = {"scheduler": scheduler}
    try:
        address = until(found)
        for name in ("steady", "stopped"):
            running[name] = started(
                "dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--name", name,
                "--host", "127.0.0.1", folder=tmp_path,
            )  # fmt: skip
        yield address, running
    finally:
        for process in running.values():
            process.kill()
            process.wait()


def ranked_on(address: str, shared: Path, stopped: int) -> list[object]:
    shared.mkdir()
    waiting = f"from distributed import Client; Client({address!r}).wait_for_workers(2, timeout=120)"
    subprocess.run([sys.executable, "-c", waiting], check=True, cwd=ROOT)
    if stopped:
        os.kill(stopped, signal.SIGSTOP)
    command = [sys.executable, "-c", RANKING, address, str(shared), str(stopped)]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, timeout=400)
    return json.loads(done.stdout.splitlines()[-1])


def test_two_dask_workers_give_the_answer_of_this_process(cluster: Cluster, tmp_path: Path):
    address, _ = cluster
    assert ranked_on(address, tmp_path / "shared", 0) == [True, 1, []]


def test_the_answer_is_the_same_when_a_worker_is_killed_with_work_in_its_hands(
    cluster: Cluster, tmp_path: Path
):
    address, running = cluster
    assert ranked_on(address, tmp_path / "shared", running["stopped"].pid) == [True, 1, []]
    assert running["stopped"].wait(timeout=10) == -signal.SIGKILL


def test_a_scheduler_that_cannot_be_used_is_told_in_one_sentence():
    told = pytest.raises(UpstreamError, match=r"Regneklyngen nowhere kan ikke brukes: .*CRM_COMPUTE_URL")
    with told, spread_over("nowhere"):
        pass


def test_without_an_address_this_machine_does_it():
    with spread_over(""):
        pass
