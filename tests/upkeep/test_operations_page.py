"""The page of operations is followed step by step: every command on it works, in its order."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operations.md"
UNITS = ROOT / "deploy" / "systemd"
BLOCK = re.compile(r"^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Server:
    """Whoever follows the page: a folder in the place of the machine's, and a shell that remembers."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.running: subprocess.Popen[bytes] | None = None
        (folder / "data").mkdir(mode=0o700)

    def here(self, text: str) -> str:
        """A text of the page, said of this folder."""
        python = f"{shlex.quote(sys.executable)} -m "
        text = re.sub(r"(?:/opt/klyngetorg/)?\.venv/bin/(?=flask)", lambda _found: python, text)
        text = text.replace("/opt/klyngetorg", str(ROOT)).replace(
            "/var/lib/klyngetorg", str(self.folder / "data")
        )
        text = text.replace("/etc/klyngetorg.env", str(self.folder / "env"))
        return text.replace("127.0.0.1:5000", f"127.0.0.1:{self.port}")

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        return kept | {"CRM_PORT": str(self.port), "CRM_OFFLINE": "1"}

    def run(self, commands: str) -> str:
        settings = self.folder / "env"
        known = f"set -a; . {settings}; set +a; cd {ROOT}\n" if settings.exists() else ""
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", known + self.here(commands)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (commands, done.stdout, done.stderr)
        return done.stdout

    def start(self) -> None:
        """Start what the unit file starts."""
        [line] = re.findall(
            r"^ExecStart=(.*)$", (UNITS / "klyngetorg.service").read_text(encoding="utf-8"), re.MULTILINE
        )
        settings = f"set -a; . {self.folder / 'env'}; set +a; exec {self.here(line)}"
        self.running = subprocess.Popen(
            ["/bin/bash", "-c", settings], cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while not self._answers():
            assert self.running.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        if self.running:
            self.running.send_signal(signal.SIGTERM)
            assert self.running.wait(90) == 0
            self.running = None


@pytest.fixture
def server(tmp_path: Path, socket_enabled: None) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Server(tmp_path, int(free.getsockname()[1]))
    yield made
    if made.running:
        made.running.kill()
        made.running.wait()


def test_the_page_can_be_followed_from_top_to_bottom(server: Server):
    said = []
    for kind, commands in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind in {"start", "stop"}:
            getattr(server, kind)()
        else:
            said.append(server.run(commands))
    told = "\n".join(said)
    assert "/sign-in/" in told
    assert '"status":"ok"' in told.replace(" ", "")
    assert "sha256: " in told
    assert "\nhash: " in told
    assert oct((server.folder / "env").stat().st_mode & 0o077) == "0o0"


def test_every_setting_is_told_of_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    names = re.findall(r"^    (\w+): .* = ", (ROOT / "config.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in names if f"`CRM_{name.upper()}`" not in readme] == []


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_exists_and_may_write_its_own_folder_alone(unit: Path):
    text = unit.read_text(encoding="utf-8")
    [line] = re.findall(
        r"^ExecStart=/opt/klyngetorg/\.venv/bin/flask --app wsgi (\w+)(.*)$", text, re.MULTILINE
    )
    assert line in {("serve", ""), ("serve", " --web-only"), ("worker", "")}
    for wall in ("ProtectSystem=strict", "StateDirectory=klyngetorg", "NoNewPrivileges=yes", "UMask=0077"):
        assert wall in text
