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
