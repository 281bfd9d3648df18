"""Every import contract breaks when what it forbids is planted: a wall nobody tried is no wall."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTS = {
    "floors": ("crm/companies/queries.py", "import crm.partners.queries"),
    "pages": ("crm/web/week/views.py", "import crm.web.companies.views"),
    "flask": ("crm/companies/operations.py", "import flask"),
    "science": ("crm/web/matches/views.py", "import crm.matchmaker.ranking.ranker"),
    "engines": ("crm/sheets/columns.py", "import sqlalchemy"),
    "config": ("crm/app.py", "import config"),
    "matchmaker": ("crm/matchmaker/signals/place.py", "import crm.matchmaker.ranking.ranker"),
    "rooms": ("crm/partners/models.py", "import crm.partners.queries"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "crm", made / "crm", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "config.py"):
        shutil.copy(ROOT / name, made / name)
    return made


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--contract", contract]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("contract", PLANTS)
def test_a_planted_import_breaks_the_contract(copy: Path, contract: str):
    path, line = PLANTS[contract]
    planted = copy / path
    before = planted.read_text(encoding="utf-8")
    planted.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        answer = lint(copy, contract)
    finally:
        planted.write_text(before, encoding="utf-8")
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "BROKEN" in answer.stdout


def test_every_contract_has_its_plant():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert text.count("[[tool.importlinter.contracts]]") == len(PLANTS)
