"""The program as people start it, and a real Chromium to use it with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Invented units in the shape of the register's bulk file.
REGISTER = [
    {
        "organisasjonsnummer": "974760673",
        "navn": "HJULGÅRDEN HJELPEMIDLER AS",
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap"},
        "naeringskode1": {"kode": "32.500", "beskrivelse": "Produksjon av medisinske instrumenter og utstyr"},
        "antallAnsatte": 14,
        "forretningsadresse": {
            "adresse": ["Prøveveien 1"],
            "postnummer": "2406",
            "poststed": "ELVERUM",
            "kommune": "ELVERUM",
            "kommunenummer": "3420",
        },
        "vedtektsfestetFormaal": [
            "Reparasjon, utleie og salg av rullestoler, rullatorer og andre",
            "hjelpemidler.",
        ],
    }
]


@dataclass(frozen=True)
class Running:
    """A started program: where it is, the link it printed, and its settings for further commands."""

    base: str
    link: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        """What a command of the program prints."""
        whole = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
        made = subprocess.run(
            whole, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True
        )
        return made.stdout.strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Web and worker, started as make run starts them, on an instance of their own."""
    folder, port = tmp_path_factory.mktemp("run"), _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CRM_")} | {
        "CRM_ENV": "development",
        "CRM_INSTANCE": str(folder / "instance"),
        "CRM_PORT": str(port),
        "CRM_BASE_URL": f"http://localhost:{port}",  # browsers keep passkeys for names alone
        "CRM_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "serve.log"
    with log.open("w") as out:
        served = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        yield Running(f"http://localhost:{port}", _printed_link(log, served), environment)
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(timeout=30)


def _printed_link(log: Path, served: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        found = re.search(r"http://\S+/sign-in/\S+", log.read_text())
        if found:
            return found.group()
        assert served.poll() is None, log.read_text()
        time.sleep(0.2)
    raise AssertionError(f"no link was printed: {log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser; skipped aloud where the machine has none."""
    found = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    path = found or (MAC_CHROME if Path(MAC_CHROME).exists() else None)
    if path is None:
        pytest.skip("no Chromium on this machine; on Debian: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe finds wrong on a page, as «rule: element»."""
    source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def look(page: Page) -> list[str]:
        page.evaluate(source)
        asked = json.dumps({"runOnly": RULES})
        found = page.evaluate(f"axe.run(document, {asked}).then(answer => answer.violations)")
        return [
            f"{rule['id']}: {node['target']} {node['html'][:120]}" for rule in found for node in rule["nodes"]
        ]

    return look
