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
# The components our pages use; the rest would double what a phone fetches before it shows anything.
_COMPONENTS = (
    "alert",
    "button",
    "chip",
    "details",
    "error-summary",
    "field",
    "fieldset",
    "heading",
    "input",
    "label",
    "link",
    "list",
    "pagination",
    "paragraph",
    "skip-link",
    "table",
    "tag",
    "validation-message",
)
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
    (_TO / "designsystemet.css").write_text(_style_sheet(), encoding="utf-8")
    _cut_font(_FROM / "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", _TO / "inter.woff2")
    click.echo(f"assets: {len(list(_TO.iterdir()))} files in static/vendor")


def _style_sheet() -> str:
    """Theme, base and the components we use, in the layers Designsystemet puts them in."""
    css = _FROM / "@digdir/designsystemet-css/dist"
    layers = [("ds.base", "base"), *(("ds.components", name) for name in _COMPONENTS)]
    parts = [
        f"@layer {layer}{{{(css / f'src/{name}.css').read_text(encoding='utf-8')}}}" for layer, name in layers
    ]
    theme = (css / "theme/designsystemet.css").read_text(encoding="utf-8")
    return "\n".join([theme, "@layer ds.theme, ds.base, ds.components;", *parts])


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
