"""Models on disk: whole or not used, the one in use stays, the previous is kept."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from crm.matchmaker import model_files
from crm.matchmaker.model_files import Model


def kept(folder: Path, figure: float, *, schema: int = 1) -> Path:
    arrays = {"figures": np.full(1000, figure, dtype=np.float32), "none": np.empty(0, dtype=np.int64)}
    return model_files.keep(folder, Model(arrays, {"made": "2026-11-23", "figure": figure}), schema=schema)


def in_use(folder: Path) -> float | None:
    model = model_files.newest(folder, schema=1)
    return None if model is None else float(model.arrays["figures"][0])


def test_what_was_kept_is_read_again_mapped_from_the_disk(tmp_path: Path):
    kept(tmp_path, 1.5)
    model = model_files.newest(tmp_path, schema=1)
    assert model is not None
    assert isinstance(model.arrays["figures"], np.memmap)
    assert (model.arrays["figures"] == 1.5).all()
    assert len(model.arrays["none"]) == 0
    assert (model.facts["made"], model.facts["figure"]) == ("2026-11-23", 1.5)


def test_nothing_is_found_where_nothing_was_kept(tmp_path: Path):
    assert model_files.newest(tmp_path / "missing", schema=1) is None


def test_the_newest_is_used_and_the_one_before_kept(tmp_path: Path):
    for figure in (1.0, 2.0, 3.0):
        kept(tmp_path, figure)
    assert in_use(tmp_path) == 3.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000002", "000003"]


@pytest.mark.parametrize("damage", ["array", "half array", "no array", "facts", "half facts", "no facts"])
def test_a_damaged_model_is_refused_in_one_sentence_and_the_one_before_used(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
):
    kept(tmp_path, 1.0)
    newest = kept(tmp_path, 2.0)
    place = newest / ("figures.npy" if "array" in damage else "model.json")
    content = place.read_bytes()
    if damage == "array":
        place.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "facts":
        place.write_bytes(json.dumps({**json.loads(content), "figure": 7}).encode())
    elif "half" in damage:
        place.write_bytes(content[: len(content) // 2])
    else:
        place.unlink()
    with caplog.at_level(logging.WARNING):
        assert in_use(tmp_path) == 1.0
    assert len(caplog.records) == 1
    assert "000002" in caplog.text


def test_a_model_of_another_schema_is_not_used(tmp_path: Path):
    kept(tmp_path, 1.0)
    kept(tmp_path, 2.0, schema=2)
    assert in_use(tmp_path) == 1.0


def test_arrays_that_would_need_pickle_are_neither_written_nor_leave_anything(tmp_path: Path):
    with pytest.raises(ValueError, match="Object"):
        model_files.keep(tmp_path, Model({"odd": np.array([{}], dtype=object)}, {}), schema=1)
    assert list(tmp_path.iterdir()) == []


def test_writing_killed_half_way_leaves_the_model_in_use(tmp_path: Path):
    kept(tmp_path, 1.0)
    script = f"""
import os, signal, sys
import numpy as np
from pathlib import Path
from crm.matchmaker import model_files
from crm.matchmaker.model_files import Model
written = model_files._write_array
def die_at_the_second(path, array):
    if path.name == "second.npy":
        path.write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
    return written(path, array)
model_files._write_array = die_at_the_second
arrays = {{"figures": np.ones(1000), "second": np.ones(1000)}}
model_files.keep(Path({str(tmp_path)!r}), Model(arrays, {{}}), schema=1)
"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert in_use(tmp_path) == 1.0
    kept(tmp_path, 2.0)
    assert in_use(tmp_path) == 2.0
