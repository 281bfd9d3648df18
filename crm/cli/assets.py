"""Putting the front-end packages where the program serves them from."""

from __future__ import annotations

import shutil
import string
from pathlib import Path

import click
from flask.cli import AppGroup

from crm.cli.console import fail, speaks_plainly

group = AppGroup("assets", help="Style sheets, scripts and fonts.")

ROOT = Path(__file__).parents[2]
_FROM = ROOT / "node_modules"
_TO = ROOT / "static" / "vendor"
_SHEETS = ("theme/designsystemet.css", "src/index.css")
# What Norwegian, Sami names and ordinary typography need; other letters fall back to the system's font.
_LETTERS = string.printable + "æøåÆØÅéèêóòôäöüÄÖÜÉáàâçñšžčđŋŧ«»–—…·•×→←↑↓’‘“”§°½€£\u00a0\u2011\u2212✓"


@group.command("build")
@speaks_plainly
def build() -> None:
    """Copy htmx and Designsystemet, and cut the font to the letters we use."""
    if not (_FROM / "htmx.org").is_dir():
        fail("The front-end packages are not installed. Run: make assets")
    _TO.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_FROM / "htmx.org/dist/htmx.min.js", _TO / "htmx.js")
    css = _FROM / "@digdir/designsystemet-css/dist"
    joined = "\n".join((css / sheet).read_text(encoding="utf-8") for sheet in _SHEETS)
    (_TO / "designsystemet.css").write_text(joined, encoding="utf-8")
    _cut_font(_FROM / "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", _TO / "inter.woff2")
    click.echo(f"assets: {len(list(_TO.iterdir()))} files in static/vendor")


def _cut_font(source: Path, target: Path) -> None:
    """Inter with our letters and the weights 400 to 700 alone: a third of the size."""
    from fontTools.subset import Options, Subsetter, load_font, save_font  # noqa: PLC0415  (set-up only)
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415

    options = Options(flavor="woff2", layout_features=["kern", "mark", "mkmk", "ccmp", "tnum"])
    font = load_font(str(source), options)
    cutter = Subsetter(options)
    cutter.populate(text=_LETTERS)
    cutter.subset(font)
    save_font(instantiateVariableFont(font, {"wght": (400, 700)}), str(target), options)
