"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for path in (ROOT / "crm").rglob("*.py") if "migrations" not in path.parts)
RECORDS = [path.parent.name for path in (ROOT / "crm").glob("*/models.py")]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "services"}
UNSAFE = {"pickle", "dill", "marshal", "shelve"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "a module begins with a sentence"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_fifty_lines_and_no_file_than_four_hundred(path: Path):
    assert path.read_text(encoding="utf-8").count("\n") <= 400
    long = {
        f.name: size for f in functions(path) if (size := (f.end_lineno or 0) - f.body[0].lineno + 1) > 50
    }
    assert long == {}


def test_nineteen_functions_in_twenty_have_thirty_lines_or_fewer():
    sizes = sorted((f.end_lineno or 0) - f.body[0].lineno + 1 for path in MODULES for f in functions(path))
    assert sizes[int(len(sizes) * 0.95)] <= 30


def test_nothing_is_called_by_a_name_that_says_nothing():
    assert [
        path for path in MODULES if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES
    ] == []


@pytest.mark.parametrize("record", RECORDS)
def test_operations_never_commit(record: str):
    path = ROOT / "crm" / record / "operations.py"
    if path.exists():
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        called = {
            node.func.attr
            for node in tree
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & {"commit", "rollback"}


def test_packages_have_nothing_in_their_init_but_a_sentence():
    busy = [
        path
        for path in MODULES
        if path.name == "__init__.py" and len(ast.parse(path.read_text(encoding="utf-8")).body) > 1
    ]
    assert busy == []


def test_nothing_that_runs_code_on_load_is_imported():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & UNSAFE, path


def test_only_the_configuration_reads_the_environment():
    readers = [path for path in MODULES if "os.environ" in path.read_text(encoding="utf-8")]
    assert readers == []


def test_only_the_clock_tells_the_time():
    tellers = [
        path
        for path in MODULES
        if path.name != "clock.py"
        and any(
            sign in path.read_text(encoding="utf-8") for sign in ("datetime.now(", "date.today(", "utcnow(")
        )
    ]
    assert tellers == []


def test_templates_carry_no_script_or_style_of_their_own():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for sign in (" onclick=", " style=", "<style", "javascript:", "hx-on", "|safe}}"):
            assert sign not in text or path.name == "icons.html", f"{path.name} has {sign}"


def test_no_page_asks_another_site_for_anything():
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "own").glob("*")]:
        text = path.read_text(encoding="utf-8")
        for sign in ('src="http', "url(http", 'rel="stylesheet" href="http', "@import"):
            assert sign not in text, path
