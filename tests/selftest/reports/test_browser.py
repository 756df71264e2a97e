"""The page of every kind of run, as a browser opens it from disk: filtered, printed, dark, narrow, by keyboard."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest import runs
from tests.selftest.proving import folders

from customers_conformance import judge
from customers_conformance.model import Finding, Flaky, Outcome
from customers_conformance.reference import server
from customers_conformance.reference.app import DEFAULT_KEY
from customers_conformance.reports import page  # noqa: TID251 - it is what is tested
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from customers_conformance.model import Run

WAIVERS = Path(__file__).parents[3] / "waivers" / "bifrost-1.4.19.toml"
AUTH_ON, AUTH_OFF = folders.RECORDINGS / folders.AUTH_ON, folders.RECORDINGS / folders.AUTH_OFF
NARROW = 390

#: What axe is asked in either scheme of colours: in the dark nothing else is another.
AXE: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}


def _live(out: Path, customers: int = 4, fault: str | None = None, **options: Any) -> Run:
    with server.running(customers=customers, fault=fault) as url:
        return execute(Settings(**{"url": url, "key": DEFAULT_KEY, "seed": 1, "examples": 4, "out": out, **options}))


def _flaky(out: Path) -> Run:
    run = _live(out, only=folders.FEW)
    asked_again = replace(run, flaky=(Flaky("memory", 1, ("503",), mended=True),))
    (out / page.FILE).write_bytes(page.render(asked_again))
    return asked_again


def _thousand(out: Path) -> Run:
    plain = runs.plain()
    places = [tuple(f"/customers/0/member_{number}_{one}" for one in range(20)) for number in range(50)]
    judgements = tuple(
        replace(
            plain.judgements[1],
            requirement=runs.requirement(f"SCH-{number:03}", "sends what its schema says"),
            findings=tuple(Finding.of("an object", "null", 0, place) for place in found),
            findings_total=len(found),
        )
        for number, found in enumerate(places)
    )
    run = runs.grouped(replace(plain, judgements=judgements))
    out.mkdir()
    (out / page.FILE).write_bytes(page.render(run))
    return run


#: The kinds of runs, what makes each in a folder, and the outcome that says that it is one.
KINDS: dict[str, tuple[Callable[[Path], Run], Outcome]] = {
    "conforming": (_live, Outcome.CONFORMANT),
    "one fault": (lambda out: _live(out, fault="count-too-high"), Outcome.NONCONFORMANT),
    "recorded 1.4.19": (lambda out: execute(Settings(har=AUTH_ON, out=out)), Outcome.NONCONFORMANT),
    "recorded 1.5.16": (lambda out: execute(Settings(har=AUTH_OFF, out=out)), Outcome.NONCONFORMANT),
    "with waivers": (lambda out: judge(AUTH_ON, waivers=WAIVERS, out=out), Outcome.INCOMPLETE),
    "partial": (lambda out: _live(out, only=folders.FEW), Outcome.CONFORMANT),
    "flaky": (_flaky, Outcome.CONFORMANT),
    "incomplete": (lambda out: _live(out, customers=0), Outcome.INCOMPLETE),
    "invalid": (lambda out: execute(Settings(url="http://127.0.0.1:1", key="k", out=out)), Outcome.INVALID),
    "cut short": (lambda out: _live(out, deadline=0.001), Outcome.INVALID),
    "1,000 findings": (_thousand, Outcome.NONCONFORMANT),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of each kind of run, all made before there is a browser."""
    home = tmp_path_factory.mktemp("pages")
    made: dict[str, Path] = {}
    for number, (name, (make, outcome)) in enumerate(KINDS.items()):
        assert make(home / str(number)).outcome is outcome, name
        made[name] = home / str(number) / page.FILE
    return made


@pytest.fixture
def window(pages: dict[str, Path], browser: Browser) -> Iterator[Callable[..., Page]]:
    """What opens the page of a kind of run; whatever it does, a page fetches itself alone, and complains of nothing."""
    opened: list[tuple[Page, list[str], str]] = []

    def open_page(name: str, address: str = "", **options: Any) -> Page:
        view = browser.new_page(**options)
        told: list[str] = []
        opened.append((view, told, pages[name].as_uri()))
        view.on("request", lambda request: told.append(request.url.partition("#")[0]))
        view.on("console", lambda message: told.append(message.text))
        view.goto(pages[name].as_uri() + address)
        return view

    yield open_page
    for view, told, address in opened:
        view.close()
        assert told == [address]


def unfolded(view: Page) -> Page:
    """The page with all of it in sight."""
    view.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    return view


def sheets(view: Page) -> int:
    """How many sheets a page is printed on."""
    return len(re.findall(rb"/Type\s*/Page[^s]", view.pdf(prefer_css_page_size=True)))


@pytest.mark.parametrize("scheme", AXE)
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing_that_would_shut_a_reader_out(window: Callable[..., Page], name: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    view = unfolded(window(name, color_scheme=scheme, viewport={"width": 1200, "height": 900}))
    found = axe.run(view, options=AXE[scheme])
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("name", KINDS)
def test_a_page_fits_the_width_of_a_telephone(window: Callable[..., Page], name: str) -> None:
    view = unfolded(window(name, viewport={"width": NARROW, "height": 844}))
    assert view.evaluate("document.documentElement.scrollWidth") <= NARROW


@pytest.mark.parametrize("name", KINDS)
def test_a_page_is_filtered_and_its_address_opened_again_shows_the_same(window: Callable[..., Page], name: str) -> None:
    view = window(name)
    if not view.locator("#filter").count():
        # Of a run that judged nothing there is nothing to choose from.
        assert KINDS[name][1] is Outcome.INVALID
        return
    verdict = view.evaluate("[...document.querySelectorAll('[data-verdict]')].at(-1).dataset.verdict")
    view.select_option("[data-filter=verdict]", verdict)
    seen = "[...document.querySelectorAll('[data-verdict]')].filter(one => !one.closest('[hidden]')).map(one => one.id)"
    all_of_it = f"[...document.querySelectorAll('[data-verdict={verdict}]')].map(one => one.id)"
    filtered = view.evaluate(seen)
    assert filtered == view.evaluate(all_of_it) != []
    assert view.url.endswith(f"#verdict={verdict}")
    numbers = view.locator("[data-filtered]:not([hidden]) h2 .number").all_inner_texts()
    assert sum(int(one.partition(" of ")[0]) for one in numbers) == len(filtered)
    again = window(name, f"#verdict={verdict}")
    assert again.evaluate(seen) == filtered
    linked = window(name, f"#{filtered[-1]}")
    assert linked.locator(f"#{filtered[-1]}").is_visible()


@pytest.mark.parametrize("name", KINDS)
def test_a_keyboard_skips_to_the_findings_and_reaches_all_that_unfolds(window: Callable[..., Page], name: str) -> None:
    view = window(name)
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent").startswith("Skip to")
    view.keyboard.press("Enter")
    for _ in range(60):
        view.keyboard.press("Tab")
        if view.evaluate("document.activeElement.localName") == "summary":
            break
    was_open = view.evaluate("document.activeElement.parentElement.open")
    view.keyboard.press("Enter")
    assert view.evaluate("document.activeElement.parentElement.open") is not was_open


@pytest.mark.parametrize("name", KINDS)
def test_a_page_is_printed_within_its_sheets(window: Callable[..., Page], name: str) -> None:
    view = window(name)
    assert sheets(view) <= (60 if name == "1,000 findings" else 8)
    view.emulate_media(media="print")
    assert not view.locator("#filter").is_visible()
    assert view.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_conforming_run_is_printed_with_a_first_sheet_to_frame(window: Callable[..., Page]) -> None:
    view = window("conforming")
    view.emulate_media(media="print")
    assert view.evaluate("getComputedStyle(document.querySelector('#counts')).breakAfter") == "page"
    # The sheet of the paper that Chromium prints on has 1,056 pixels of 1/96 inch.
    assert view.evaluate("document.querySelector('#counts').getBoundingClientRect().bottom") < 1056


def test_a_thousand_findings_make_a_small_page_with_every_title_in_sight(
    window: Callable[..., Page], pages: dict[str, Path]
) -> None:
    assert pages["1,000 findings"].stat().st_size < 1_500_000
    view = window("1,000 findings")
    titles = view.locator("#failures h3")
    assert titles.count() == 50
    assert all(one.is_visible() for one in titles.all())
