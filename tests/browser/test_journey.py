"""One whole journey in a real browser: from the sign-in link to the exported file."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, BrowserContext, Page, expect

from crm import clock
from tests.browser.conftest import REGISTER, ROOT, Running

pytestmark = pytest.mark.browser
PICTURES = ROOT / "test-results"
NAME = "Hjulgården Hjelpemidler AS"
PAGES = (
    *(
        "/",
        "/companies/",
        "/contacts/",
        "/partners/",
        "/needs/",
        "/matches/",
        "/activities/",
        "/search/",
        "/start/",
    ),
    *("/users/", "/me", "/accessibility", "/more", "/activities/new", "/companies/new", "/needs/new"),
    *("/partners/new", "/contacts/new", "/matches/introductions/", "/matches/accuracy"),
    *("/matches/rules", "/matches/what-if"),
    *("/reporting/", "/me/second-factor", "/me/prove"),
    *("/duplicates/", "/duplicates/apart", "/duplicates/merges/", "/duplicates/companies/1/2"),
    *("/events/?who=all", "/prospects/?region=country", "/prospects/put-aside", "/prospects/new"),
    *("/prospects/white-spots/", "/prospects/white-spots/?region=country"),
)


@pytest.fixture(scope="module")
def context(chromium: Browser, running: Running, tmp_path_factory: pytest.TempPathFactory) -> BrowserContext:
    """A browser signed in by the link the program printed, with a register of one unit loaded."""
    bulk = tmp_path_factory.mktemp("register") / "enheter.json.gz"
    bulk.write_bytes(gzip.compress(json.dumps(REGISTER).encode()))
    assert running.command("register", "load", str(bulk)).startswith("units: 1 read, 1 new")
    made = chromium.new_context(
        viewport={"width": 1280, "height": 800}, locale="nb-NO", accept_downloads=True
    )
    made.set_default_timeout(10_000)
    page = made.new_page()
    page.goto(running.link)
    assert page.url == f"{running.base}/"
    page.close()
    return made


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_the_link_works_once(chromium: Browser, running: Running, context: BrowserContext):
    other = chromium.new_context(locale="nb-NO")
    again = other.new_page()
    again.goto(running.link)
    expect(again.get_by_role("heading", level=1)).to_have_text("Lenken virker ikke lenger")
    other.close()


def test_from_the_first_page_to_the_exported_file(
    context: BrowserContext, running: Running, page: Page, axe: Callable[[Page], list[str]], tmp_path: Path
):
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))

    # Monday morning: the round of the demo has run, and the page has something to say.
    _await_the_round(page, running)
    _picture(page, "min-uke")
    assert axe(page) == []

    # One box finds a company in the register; one press follows it.
    page.keyboard.press("/")
    page.keyboard.type("hjulgaarden")
    page.locator("#found").get_by_role("button", name=f"Følg {NAME}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    assert axe(page) == []

    # A call is logged with three keys and the text, and its next step becomes a follow-up.
    page.keyboard.press("l")
    page.keyboard.type("De vil gjerne reparere rullestoler for sykehuset.")
    page.get_by_label("Neste steg", exact=True).fill("Send tegninger av lokalet")
    page.get_by_role("button", name="om en uke", exact=True).click()
    page.get_by_label("Neste steg", exact=True).press("Control+Enter")
    expect(page.locator("#follow-ups")).to_contain_text("Send tegninger av lokalet")
    expect(page.locator(".timeline")).to_contain_text("De vil gjerne reparere rullestoler")

    # The lead moves; a parked one asks why.
    page.get_by_label("Steg", exact=True).select_option("Møte")
    page.get_by_role("button", name="Flytt", exact=True).click()
    expect(page.locator(".head .ds-tag").first).to_have_text("Møte")
    page.get_by_label("Steg", exact=True).select_option("Parkert")
    page.get_by_role("button", name="Flytt", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv kort hvorfor")
    page.goto(page.url.replace("/move", ""))

    # A partner's need, written down.
    page.goto(f"{running.base}/partners/new")
    page.get_by_label("Navn", exact=True).fill("Prøvesykehuset")
    page.get_by_label("Hva slags partner").select_option("Sykehus")
    page.get_by_role("button", name="Lagre", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Prøvesykehuset")
    assert axe(page) == []

    # A suggestion is answered; the yes opens an introduction.
    page.goto(f"{running.base}/matches/")
    assert axe(page) == []
    card = page.locator(".suggestion").first
    card.get_by_role("button", name=re.compile("^Ja")).click()
    expect(card).to_contain_text(re.compile("[Kk]obling"))

    # What the list shows, with its filter, as a file that opens in Excel.
    page.goto(f"{running.base}/companies/?q=hjulg")
    page.get_by_role("link", name="Ta ut lista").click()
    page.get_by_role("checkbox", name="Organisasjonsnummer").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Ta ut lista").click()
    waiting.value.save_as(tmp_path / "liste.xlsx")
    sheet = load_workbook(tmp_path / "liste.xlsx").worksheets[0]
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows(max_row=2))
    found = dict(zip(head, row, strict=True))
    assert found["Virksomhet"] == "HJULGÅRDEN HJELPEMIDLER AS"
    assert found["Organisasjonsnummer"].replace("\u00a0", "") == "974760673"
    assert found["Neste steg"] == "Send tegninger av lokalet"
    assert found["Frist"].date() >= clock.today() + timedelta(days=7)
    assert [error for error in errors if "422" not in error] == []


def _picture(page: Page, name: str) -> None:
    """A picture tall enough to show what the page is about; the README shows one of them."""
    PICTURES.mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1280, "height": 1400})
    page.screenshot(path=PICTURES / f"{name}.png")
    page.set_viewport_size({"width": 1280, "height": 800})


def _await_the_round(page: Page, running: Running) -> None:
    """Open the first page until the round of the first start is done."""
    for _ in range(60):
        page.goto(f"{running.base}/")
        if page.locator(".suggestion").count():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("the first round was never done")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_page(
    chromium: Browser,
    context: BrowserContext,
    running: Running,
    axe: Callable[[Page], list[str]],
    width: int,
    scheme: str,
):
    seen = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, storage_state=context.storage_state()
    )
    page = seen.new_page()
    found = {}
    for path in (*PAGES, *_records(page, running)):
        page.goto(running.base + path)
        found[path] = axe(page)
    seen.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _records(page: Page, running: Running) -> list[str]:
    """One page of each record, found as a reader finds it: by the first link of its list."""
    paths = []
    for listed in ("/companies/", "/contacts/", "/partners/", "/needs/"):
        page.goto(running.base + listed)
        link = page.locator(f"main a[href^='{listed}']").filter(
            has_not_text=re.compile("Last ned|Ny |Excel|CSV")
        )
        hrefs = link.evaluate_all("links => links.map(l => l.getAttribute('href'))")
        paths += [next(href for href in hrefs if re.fullmatch(rf"{listed}\d+", href))]
    return paths


def test_nothing_scrolls_sideways_on_a_small_phone(
    chromium: Browser, context: BrowserContext, running: Running
):
    seen = chromium.new_context(viewport={"width": 360, "height": 740}, storage_state=context.storage_state())
    page = seen.new_page()
    wide = {}
    for path in (*PAGES, *_records(page, running)):
        page.goto(running.base + path)
        wide[path] = page.evaluate("document.documentElement.scrollWidth")
    seen.close()
    assert {path: width for path, width in wide.items() if width > 360} == {}


def test_the_journey_works_without_script(chromium: Browser, context: BrowserContext, running: Running):
    seen = chromium.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = seen.new_page()
    page.goto(f"{running.base}/companies/?q=hjulg")
    page.locator("td.name a").first.click()
    page.get_by_label("Hva ble sagt?").fill("Logget uten skript.")
    page.get_by_role("button", name="Loggfør").click()
    expect(page.locator(".timeline")).to_contain_text("Logget uten skript.")
    page.goto(f"{running.base}/companies/")
    page.get_by_label("Navn eller nummer").fill("hjulg")
    page.get_by_role("button", name="Vis", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    seen.close()


def test_the_first_page_weighs_sixty_kilobytes_or_less(
    chromium: Browser, context: BrowserContext, running: Running
):
    seen = chromium.new_context(storage_state=context.storage_state())
    page = seen.new_page()
    session = seen.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(f"{running.base}/", wait_until="networkidle")
    seen.close()
    assert sum(sizes) <= 60_000, sizes


def test_no_page_asks_another_host_for_anything(chromium: Browser, context: BrowserContext, running: Running):
    seen = chromium.new_context(storage_state=context.storage_state())
    page = seen.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(running.base + path)
    seen.close()
    assert [url for url in asked if not url.startswith((running.base, "data:"))] == []
