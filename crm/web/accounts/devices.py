"""What a browser calls itself, as people would say it."""

from __future__ import annotations

from flask_babel import gettext

# The first sign that is found wins: browsers carry the names of those they come from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internett"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_in_words(agent: str) -> str:
    """«Chrome på Windows»; «Ukjent enhet» where the browser says nothing we know."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    machine = next((name for sign, name in _MACHINES if sign in agent), "")
    if browser and machine:
        return str(gettext("%(browser)s på %(machine)s", browser=browser, machine=machine))
    return browser or machine or str(gettext("Ukjent enhet"))
