"""No key, token or password of anybody's is in the repository."""

from __future__ import annotations

import math
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What the keepers of these secrets say they look like.
KNOWN = {
    "a private key": r"-----BEGIN (?:[A-Z ]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}",
    "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{60,}",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a package registry's token": r"\bpypi-[A-Za-z0-9_-]{50,}|\bnpm_[A-Za-z0-9]{36}\b",
    "one of our own tokens": r"\bklt_[A-Za-z0-9_-]{30,}",
    "a signed web token": r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    "a password in an address": r"\b(?:postgresql(?:\+psycopg)?|redis|smtps?|https?)://[^\s:/@]+:(?!passord|password|\$\{)[^\s/@{}<>]{6,}@",
}
ASSIGNED = re.compile(
    r"""(?i)(?:secret|token|password|api_?key)\w*["']?\s*[:=]\s*["']([A-Za-z0-9+/_=-]{24,})["']"""
)
_BITS_A_SIGN = 4.0
BINARY = {".png", ".woff2", ".ico", ".gz", ".xlsx", ".xls", ".ods", ".npy"}


def files() -> Iterator[Path]:
    """What git keeps, or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git checkout, so what belongs to it is not known")
    for name in done.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix not in BINARY and path != Path(__file__):
            yield path


def bits_a_sign(text: str) -> float:
    """How random a text looks: Shannon's measure, in bits for each sign."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def secrets_in(text: str) -> Iterator[str]:
    for kind, shape in KNOWN.items():
        if re.search(shape, text):
            yield kind
    if any(bits_a_sign(found) > _BITS_A_SIGN for found in ASSIGNED.findall(text)):
        yield "something random assigned to a secret's name"


def invented(path: Path) -> set[str]:
    """Tests hold addresses with invented passwords."""
    return {"a password in an address"} if "tests" in path.parts else set()


def test_no_file_holds_a_secret():
    found = {
        str(path.relative_to(ROOT)): kinds
        for path in files()
        if (kinds := set(secrets_in(path.read_text(encoding="utf-8", errors="replace"))) - invented(path))
    }
    assert found == {}, "take it out, and make the one it opens useless: git remembers"


@pytest.mark.parametrize(
    "planted",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 10,
        "klt_" + "x9Yz" * 10,
        "postgresql://crm:" + "hunter2hunter2@db/crm",
        'SECRET_KEY = "' + "q8Zr2LmV0xTgYw5nKpBsJd7HfCe3" + '"',
    ],
)
def test_a_planted_secret_is_found(planted: str):
    assert list(secrets_in(planted))
