"""The page: what it shows, how large it gets, and how a browser takes it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.selftest import runs

from customers_conformance.model import MEBI, Finding, Run, Undocumented, Verdict
from customers_conformance.reports import page  # noqa: TID251 - it is what is tested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
ALL = [runs.plain(), runs.conformant(), runs.invalid(), runs.hostile(), *map(runs.hostile, runs.HOSTILE)]
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Outline(HTMLParser):
    """The tags of a page, their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def outline(run: Run) -> Outline:
    return Outline(page.render(run).decode())


@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_the_page_holds_no_script_and_nothing_that_is_fetched(run: Run) -> None:
    found = outline(run)
    assert not found.open
    assert not {"script", "img", "iframe", "link", "object", "base", "form", "embed"} & set(found.tags)
    for _, name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in {"style", "src", "srcset", "action", "data"}
        assert name != "href" or re.fullmatch(r"#[A-Za-z0-9-]+", value)


@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_the_outline_of_the_page_is_sound(run: Run) -> None:
    found = outline(run)
    assert found.tags["h1"] == found.tags["main"] == found.tags["header"] == found.tags["footer"] == 1
    assert found.headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(found.headings, found.headings[1:], strict=False))
    ids = [value for _, name, value in found.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = {
        value[1:] for _, name, value in found.attributes if name in {"href", "aria-labelledby"} and value[0] == "#"
    }
    assert links <= set(ids)


def test_the_policy_allows_the_style_of_the_page_and_nothing_else() -> None:
    html = page.render(runs.plain()).decode()
    (style,) = re.findall("<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html
    assert html.index("Content-Security-Policy") < html.index("<title>") < html.index("<style>")


def test_the_page_tells_all_of_a_run() -> None:
    text = " ".join(outline(runs.plain()).text.split())
    for words in (
        "Not conformant The server breaks 2 of the 6 requirements",
        "https://staging.example",
        "A conforming server reports count as the number of items in customers.",
        "/customers/0/teams/0/profile in answer 0, probe default A null where an object is due.",
        "Expected an object Actual null",
        '▶ "profile": null',
        "5 more are not shown here.",
        "GET /api/governance/customers HTTP/1.1 Host: staging.example",
        "HTTP/1.1 200 OK Content-Type: application/json",
        "curl --include",
        "The connection was refused.",
        "The target shows no duration: add a budget to a customer.",
        "2 faulty servers prove this check",
        "1 faulty server proves this check",
        "unproven: no faulty server shows that this check can fail",
        "Customer.rate_limit /customers/0/rate_limit 2",
        "Team.claims never",
        "The suite cannot judge these yet: CUST-ROB-003.",
        "6: 5 GET, 1 HEAD",
        "12,345 bytes",
        "customers-conformance run https://staging.example --profile core --profile integrity --seed 1",
        "customers-conformance judge evidence.har --profile core",
    ):
        assert words in text


def test_the_page_of_recorded_traffic_does_not_offer_to_ask_again() -> None:
    text = outline(runs.conformant()).text
    assert "Nothing was sent: recorded traffic was judged." in text
    assert "customers-conformance run" not in text
    assert "3 entries for other paths left out" in text


def test_the_page_of_a_live_run_without_a_seed_repeats_it_without_one() -> None:
    assert "--seed" not in outline(replace(runs.plain(), seed=None)).text


def test_an_area_that_is_not_known_shows_its_code() -> None:
    run = runs.plain()
    odd = replace(run.judgements[0], requirement=runs.requirement("NEW-001", "is new and has an odd ` in it"))
    text = outline(replace(run, judgements=(odd,))).text
    assert "NEW" in text
    assert "an odd ` in it" in text


def test_a_finding_in_no_answer_is_shown_without_one() -> None:
    run = runs.plain()
    found = (Finding("Seen nowhere."), Finding("", "x", exchange=77))
    failed = replace(run.judgements[1], findings=found, findings_total=2)
    text = outline(replace(run, judgements=(failed,))).text
    assert "Seen nowhere." in text
    assert "What was said" not in text


def test_the_page_stays_small_however_much_there_is_to_tell() -> None:
    run = runs.plain()
    vast = "<&\x00>" * 1_000
    content = json.dumps([{vast: vast}] * 200).encode()
    found = tuple(Finding(vast, vast, vast, f"/{number}/{vast}", number % 3, vast) for number in range(20))
    judgements = tuple(
        replace(
            run.judgements[1],
            requirement=runs.requirement(f"SCH-{number:03}", vast),
            findings=found,
            findings_total=10**9,
            reason=vast,
        )
        for number in range(81)
    )
    exchanges = tuple(
        replace(
            exchange,
            response=replace(
                runs.exchange(0, body=content).response,
                headers=((vast, vast),) * 500,
                reason=vast,  # type: ignore[type-var]
            ),
        )
        for exchange in run.exchanges
    )
    undocumented = (Undocumented(vast, vast, 1),) * 1000
    html = page.render(replace(run, judgements=judgements, exchanges=exchanges, undocumented=undocumented))
    assert len(html) < 6 * MEBI
    assert "800 more stand in" in html.decode()


def test_places_beyond_the_second_are_folded_away() -> None:
    run = runs.plain()
    one = run.judgements[1].findings[0]
    for count, words in ((3, "1 more place\n"), (8, "6 more places\n")):
        failed = replace(run.judgements[1], findings=(one,) * count, findings_total=count)
        assert words in outline(replace(run, judgements=(failed,))).text.replace("</summary>", "\n")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium here")
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


#: The least contrast of text against what it stands on, over every element that holds text itself.
CONTRAST = """() => {
  const channel = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const parts = color => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = parts(getComputedStyle(element).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let least = [21, ""];
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const pair = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < least[0]) least = [ratio, element.outerHTML.slice(0, 200)];
  }
  return least;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_a_browser_runs_nothing_fetches_nothing_and_shows_all_within_its_width(
    browser: Browser, tmp_path: Path, name: str, scheme: str
) -> None:
    run = {"plain": runs.plain(), "hostile": runs.hostile()}[name]
    (tmp_path / "report.html").write_bytes(page.render(run))
    address = (tmp_path / "report.html").as_uri()
    view = browser.new_page(
        viewport={"width": 400, "height": 800}, color_scheme="dark" if scheme == "dark" else "light"
    )
    requests: list[str] = []
    complaints: list[str] = []
    view.on("request", lambda request: requests.append(request.url))
    view.on("console", lambda message: complaints.append(message.text))
    view.on("dialog", lambda dialog: complaints.append(dialog.message))
    view.goto(address)
    view.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert requests == [address]
    assert complaints == []
    assert view.title().startswith("Not conformant: https://staging.example")
    assert view.evaluate("document.scripts.length + document.images.length") == 0
    assert view.evaluate("document.documentElement.scrollWidth") <= 400
    assert view.evaluate("document.querySelectorAll('main, header, footer, nav').length") == 4
    assert view.evaluate("[...document.querySelectorAll('nav')].every(one => one.ariaLabel)")
    least, where = view.evaluate(CONTRAST)
    assert least >= 4.5, where
    view.close()


def test_a_policy_stops_a_script_that_stands_in_the_page_nevertheless(browser: Browser, tmp_path: Path) -> None:
    html = page.render(runs.plain()).replace(b"</main>", b"<script>document.title='owned'</script></main>")
    (tmp_path / "report.html").write_bytes(html)
    view = browser.new_page()
    view.goto((tmp_path / "report.html").as_uri())
    assert view.title() != "owned"
    view.close()


def test_a_keyboard_reaches_the_findings_first(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_bytes(page.render(runs.plain()))
    view = browser.new_page()
    view.goto((tmp_path / "report.html").as_uri())
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.textContent") == "Skip to the findings"
    view.close()


def test_every_verdict_has_a_sign_and_a_word_beside_its_colour() -> None:
    text = outline(runs.plain()).text
    for verdict in Verdict:
        sign, word = page.wording.VERDICTS[verdict]
        assert f"{sign} {word}" in text
