"""The board report from the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from pypdf import PdfReader

from crm import clock


def test_the_report_is_written_and_named(command: Callable[..., Result], tmp_path: Path):
    out = tmp_path / "rapport.pdf"
    answer = command("report", "board", "--year", clock.today().year, "--out", out)
    assert (answer.exit_code, answer.output.strip()) == (0, "rapport.pdf")
    assert f"Styrerapport {clock.today().year}" in PdfReader(out).pages[0].extract_text()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["rapport.pdf"]


def test_what_cannot_be_written_is_told_in_one_line(command: Callable[..., Result], tmp_path: Path):
    for words in (("--year", 2999, "--out", tmp_path / "x.pdf"), ("--year", 2026, "--out", tmp_path)):
        answer = command("report", "board", *words)
        assert (answer.exit_code, answer.output.count("\n")) == (1, 1)
    missing = tmp_path / "no" / "such" / "folder" / "x.pdf"
    assert command("report", "board", "--year", 2026, "--out", missing).exit_code == 1
    assert command("report", "board", "--out", "x.pdf").exit_code == 2
