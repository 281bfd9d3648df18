"""``match rank`` and ``match train``: one line each, and what was learned from the register is used."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Command = Callable[..., Result]
NUMBERS = ("974760673", "983971709", "923609016", "974767880")
COMPANIES = (
    {"key": "a", "text": "Tjenester", "nace": ["43.120"], "nace_standard": "SN2025"},
    {"key": "b", "text": "Tjenester", "nace": ["10.710"], "nace_standard": "SN2025"},
)


def unit(orgnr: str, code: str, purpose: str) -> dict[str, Any]:
    form = {"kode": "AS", "beskrivelse": "Aksjeselskap"}
    record = {"organisasjonsnummer": orgnr, "navn": "ENHET AS", "organisasjonsform": form}
    trade = {"kode": code, "beskrivelse": "Noe"}
    return record | {"naeringskode1": trade, "vedtektsfestetFormaal": [purpose]}


@pytest.fixture
def register(tmp_path: Path) -> Path:
    purposes = [("43.120", "Graving"), ("10.710", "Qvyxwzk og brød")] * 2
    units = [unit(number, *purpose) for number, purpose in zip(NUMBERS, purposes, strict=True)]
    path = tmp_path / "enheter.json.gz"
    path.write_bytes(gzip.compress(json.dumps(units).encode()))
    return path


@pytest.fixture
def first(command: Command, tmp_path: Path) -> Callable[[], str]:
    """The company that is ranked first for a need only the register can tell."""

    def ranked() -> str:
        companies, needs, out = (tmp_path / name for name in ("c.jsonl", "n.jsonl", "out.jsonl"))
        companies.write_text("\n".join(map(json.dumps, COMPANIES)), encoding="utf-8")
        needs.write_text(json.dumps({"key": "n", "text": "qvyxwzk"}), encoding="utf-8")
        given = ("--companies", companies, "--needs", needs, "--top", 2, "--out", out)
        result = command("match", "rank", *given)
        assert (result.exit_code, result.stdout) == (0, "2 rows\n")
        return str(json.loads(out.read_text(encoding="utf-8").splitlines()[0])["company"])

    return ranked


def test_rank_uses_what_loading_the_register_taught(
    command: Command, register: Path, first: Callable[[], str]
):
    assert first() == "a"
    assert command("register", "load", register).exit_code == 0
    assert first() == "b"


def test_train_says_in_one_line_what_it_learned_from(command: Command, register: Path):
    command("register", "load", register)
    result = command("match", "train")
    assert result.exit_code == 0
    assert result.stdout.startswith("bridge: 4 units with a text, 4 used, ")
    assert result.stdout.count("\n") == 1


def test_train_without_a_register_learns_nothing_and_says_so(command: Command):
    result = command("match", "train")
    assert result.exit_code == 1
    assert "register load" in result.stderr
