"""A large file comes to disk whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm.errors import UpstreamError
from crm.sources.http import download
from crm.sources.outbound import Outbound


def test_a_download_appears_when_it_is_whole(
    server: Any, outbound: Outbound, reply: Any, tmp_path: Path
) -> None:
    server.reply(
        "/a", reply(b"x" * 300_000, headers={"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 04:00:00 GMT"})
    )
    told: list[tuple[int, int | None]] = []
    target = tmp_path / "enheter.json.gz"
    done = download(
        f"{server.url}/a",
        target,
        outbound=outbound,
        max_bytes=1_000_000,
        progress=lambda size, total: told.append((size, total)),
    )
    assert (done.changed, done.size, done.etag) == (True, 300_000, '"1"')
    assert done.last_modified == "Mon, 23 Nov 2026 04:00:00 GMT"
    assert target.stat().st_size == 300_000
    assert told[-1] == (300_000, 300_000)
    assert [path.name for path in tmp_path.iterdir()] == ["enheter.json.gz"]


def test_a_download_that_is_not_new_is_not_fetched(
    server: Any, outbound: Outbound, reply: Any, tmp_path: Path
) -> None:
    server.reply("/a", reply(status=304, headers={"ETag": '"1"'}))
    done = download(f"{server.url}/a", tmp_path / "f", outbound=outbound, max_bytes=10, etag='"1"')
    assert (done.changed, done.etag) == (False, '"1"')
    assert server.asked[0][1]["If-None-Match"] == '"1"'
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", ["cut", "large"])
def test_a_download_that_fails_leaves_the_old_file(
    server: Any, outbound: Outbound, reply: Any, tmp_path: Path, fault: str
) -> None:
    target = tmp_path / "f"
    target.write_bytes(b"old")
    server.reply("/a", reply(b"x" * (50 if fault == "cut" else 500), cut=fault == "cut"))
    with pytest.raises(UpstreamError):
        download(f"{server.url}/a", target, outbound=outbound, max_bytes=100)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_disk_that_takes_nothing_is_told(
    server: Any, outbound: Outbound, reply: Any, tmp_path: Path
) -> None:
    server.reply("/a", reply(b"x"))
    with pytest.raises(UpstreamError, match="Fikk ikke lagret «f»"):
        download(f"{server.url}/a", tmp_path / "borte" / "f", outbound=outbound, max_bytes=100)


def test_a_download_that_was_cut_off_goes_on_where_it_stopped(
    server: Any, outbound: Outbound, reply: Any, tmp_path: Path
) -> None:
    server.reply("/a", reply(b"x" * 50, headers={"ETag": '"1"'}, cut=True))
    target = tmp_path / "f"
    with pytest.raises(UpstreamError):
        download(f"{server.url}/a", target, outbound=outbound, max_bytes=1000)
    begun = (tmp_path / "f.part").stat().st_size
    assert begun > 0
    server.reply("/a", reply(b"y" * 30, status=206, headers={"ETag": '"1"'}))
    told: list[tuple[int, int | None]] = []
    done = download(
        f"{server.url}/a",
        target,
        outbound=outbound,
        max_bytes=1000,
        progress=lambda *so_far: told.append(so_far),
    )
    asked = server.asked[-1][1]
    assert (asked["Range"], asked["If-Range"]) == (f"bytes={begun}-", '"1"')
    assert target.read_bytes() == b"x" * begun + b"y" * 30
    assert (done.size, told[-1]) == (begun + 30, (begun + 30, begun + 30))
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_another_file_by_now_is_fetched_from_its_beginning(
    server: Any, outbound: Outbound, reply: Any, tmp_path: Path
) -> None:
    (tmp_path / "f.part").write_bytes(b"old")
    (tmp_path / "f.part.etag").write_text('"1"')
    server.reply("/a", reply(b"new", headers={"ETag": '"2"'}))
    download(f"{server.url}/a", tmp_path / "f", outbound=outbound, max_bytes=100)
    assert (tmp_path / "f").read_bytes() == b"new"
