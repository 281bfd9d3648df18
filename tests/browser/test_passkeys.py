"""A passkey in a real browser: added on one's own page, and the way in next time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running

pytestmark = pytest.mark.browser


def with_key(page: Page) -> None:
    """A phone's key, as Chromium pretends to have one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": kind})


def test_a_passkey_is_added_and_signs_in_and_is_removed(
    chromium: Browser, running: Running, axe: Callable[[Page], list[str]]
):
    context = chromium.new_context(locale="nb-NO")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    with_key(page)
    page.goto(running.command("users", "link", "admin@localhost"))
    page.goto(f"{running.base}/me")
    page.get_by_label("Hva skal den hete?").fill("Nøkkelen i lomma")
    page.get_by_role("button", name="Legg til passnøkkel").click()
    expect(page.locator("#passkeys")).to_contain_text("Nøkkelen i lomma")
    assert axe(page) == []
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Logg ut", exact=True).first.click()
    expect(page).to_have_url(f"{running.base}/sign-in")
    assert axe(page) == []
    page.get_by_role("button", name="Logg inn med passnøkkel").click()
    expect(page).to_have_url(f"{running.base}/")
    page.goto(f"{running.base}/me")
    page.get_by_role("button", name="Fjern passnøkkelen Nøkkelen i lomma").click()
    expect(page.locator("#passkeys")).not_to_contain_text("Nøkkelen i lomma")
    assert complaints == []
    context.close()


def test_without_a_key_or_a_script_the_password_is_still_there(chromium: Browser, running: Running):
    context = chromium.new_context(java_script_enabled=False, locale="nb-NO")
    page = context.new_page()
    page.goto(f"{running.base}/sign-in")
    assert page.get_by_label("Passord").is_visible()
    assert not page.get_by_role("button", name="Logg inn med passnøkkel").is_visible()
    context.close()
