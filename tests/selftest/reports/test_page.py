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
from typing import TYPE_CHECKING, Any

import pytest
from tests.selftest import runs

from customers_conformance.model import MEBI, Baseline, Body, Finding, Flaky, Ledger, Run, Undocumented, Verdict
from customers_conformance.reports import page  # noqa: TID251 - it is what is tested
from customers_conformance.reports.html.entries import entries
from customers_conformance.reports.html.excerpt import Excerpts
from customers_conformance.running.run import execute
from customers_conformance.running.settings import Settings
from customers_conformance.running.statement import options

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ALL = [runs.plain(), runs.conformant(), runs.invalid(), runs.hostile(), *map(runs.hostile, runs.HOSTILE)]
RECORDING = Path(__file__).parents[1] / "recordings" / "bifrost-1.4.19-auth-on.har"
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
        if self.open[-1:] not in (["script"], ["style"]):
            self.text += data


def outline(run: Run) -> Outline:
    return Outline(page.render(run).decode())


@pytest.mark.parametrize("run", ALL, ids=range(len(ALL)))
def test_the_page_holds_one_script_of_ours_and_nothing_that_is_fetched(run: Run) -> None:
    found = outline(run)
    assert not found.open
    assert found.tags["script"] == 1
    assert not {"img", "iframe", "link", "object", "base", "form", "embed"} & set(found.tags)
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


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    html = page.render(runs.plain()).decode()
    style, script = (
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for tag in ("style", "script")
        for text in re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    )
    policy = f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html
    assert html.index("Content-Security-Policy") < html.index("<title>") < html.index("<style>")


def test_the_page_tells_all_of_a_run() -> None:
    text = " ".join(outline(runs.plain()).text.split())
    for words in (
        "Not conformant The server breaks 2 of the 6 requirements",
        "What to do first Mend CUST-SCH-003: Sends teams as their schema says",
        "https://staging.example",
        "Took 2.2 s",
        "1 could not be judged, for want of evidence.",
        "Waivers. waivers.toml: 1 used.",
        "A conforming server reports count as the number of items in customers.",
        "null, expected an object",
        "First seen in GET /api/governance/customers with the key → 200 OK",
        "in the body at /customers/*/teams/*/profile null, expected an object A null",
        "A null where an object is due.",
        '▶ "profile": null',
        "5 more are not shown here.",
        "GET /api/governance/customers HTTP/1.1 Host: staging.example",
        "HTTP/1.1 200 OK Content-Type: application/json",
        "curl --include",
        "connection refused by staging.example:443",
        "The target shows no duration: add a budget to a customer",
        "waived until 2027-01-01 by the platform team: the vendor knows",
        "judged on 1 team",
        "1 faulty server proves that this check can fail.",
        "6 answers, 1 customer · 3 faulty servers prove this check",
        "unproven: no faulty server shows that this check can fail",
        "profile object required 1 7",
        "Team 1 seen",
        "Budget never seen",
        "rate_limit undocumented, first at /customers/0/rate_limit 2",
        "The suite cannot judge these yet: CUST-ROB-003.",
        "5 GET, 1 HEAD to staging.example; 12,345 bytes came back.",
        "1 from-memory GET ?from_memory=true 200",
        "2 head GET no answer",
        "customers-conformance run https://staging.example --profile core --profile integrity --seed 1",
        "customers-conformance judge evidence.har --profile core",
    ):
        assert words in text, words


def test_a_defect_of_an_answer_shows_its_head_with_what_it_is_about_marked() -> None:
    run = runs.plain()
    for finding, words in (
        (Finding.of("201", "200 OK", 0), "▶HTTP/1.1 200 OK"),
        (
            Finding.of("Content-Type: text/plain", "Content-Type: application/json", 0),
            "▶Content-Type: application/json",
        ),
        (Finding.of("Cache-Control with no-store", "none", 0), "▶(no Cache-Control)"),
    ):
        failed = replace(run.judgements[1], findings=(finding,), findings_total=1)
        text = outline(runs.grouped(replace(run, judgements=(failed,)))).text
        assert "The answer's head" in text
        assert words in text


def test_every_wrong_line_of_a_shown_object_is_marked_and_shown_once() -> None:
    run = runs.plain()
    team = "/customers/0/teams/0"
    found = (
        Finding.of("the member budget", "absent", 0, team),
        Finding.of("an object", "null", 0, f"{team}/profile"),
        Finding.of("a list", "an object", 0, f"{team}/claims"),
    )
    failed = replace(run.judgements[1], findings=found, findings_total=3)
    text = outline(runs.grouped(replace(run, judgements=(failed,)))).text
    for words in ("(no budget)", '"profile": null,', '"claims": {}'):
        assert len(re.findall(rf"▶ *{re.escape(words)}", text)) == 1, words
    assert text.count("▶") == 3
    assert "other places" not in text


def test_a_place_beyond_the_first_items_is_named() -> None:
    run = runs.plain()
    found = tuple(Finding.of("an object", "null", 0, f"/customers/{one}/teams/0/profile") for one in (3, 4))
    failed = replace(run.judgements[1], findings=found, findings_total=2)
    text = " ".join(outline(runs.grouped(replace(run, judgements=(failed,)))).text.split())
    assert "first at /customers/3/teams/0/profile, 1 more" in text


def test_a_count_of_nothing_is_not_shown() -> None:
    counts = outline(runs.conformant()).text
    assert "✓ pass" in counts
    assert "✕ fail" not in counts


def test_every_requirement_stands_on_the_page_once_by_its_id() -> None:
    for run in ALL:
        found = outline(run)
        ids = [value for _, name, value in found.attributes if name == "id"]
        assert all(ids.count(one.requirement.id) == 1 for one in run.judgements)


def test_a_run_that_could_not_begin_shows_what_was_tried_and_what_to_try() -> None:
    silent = replace(runs.plain().exchanges[2], probe="default")
    run = replace(runs.invalid(), complete=True, exchanges=(silent,))
    text = " ".join(outline(run).text.split())
    for words in (
        "Invalid run The plain request got no answer",
        "What to try Check that the server runs, and that host and port are right",
        "None of them could be judged.",
        "What was tried The plain request with the key decides",
        "Ask this again curl --",
    ):
        assert words in text, words


def test_options_are_told_where_they_are_not_the_usual() -> None:
    run = runs.plain()
    usual = options(Settings(url=run.target_url))
    assert "options" not in outline(replace(run, options=usual)).text.partition("8 requirements")[0]
    told = outline(replace(run, options=options(Settings(url=run.target_url, strict=True, examples=0)))).text
    assert "--strict --examples 0" in told.partition("8 requirements")[0]


def test_a_run_that_reached_no_server_says_so() -> None:
    assert "Not one reached a server." in outline(replace(runs.plain(), ledger=Ledger(0, {}, (), 0))).text


def test_what_is_partial_cut_short_or_held_against_something_is_said_before_the_counts() -> None:
    run = replace(
        runs.plain(),
        complete=False,
        partial="only CUST-AUTH-001 (--only)",
        flaky=(Flaky("memory", 1, ("503",), mended=True),),
        baseline=Baseline("old.json", runs.DIGEST, "1", "2026-11-01T00:00:00Z", "0.1.0", ("core",), (), (), {}),
    )
    text = outline(run).text
    before = " ".join(text[: text.index("8 requirements")].split())
    for words in (
        "Cut short. What is missing",
        "Partial. Judged was only CUST-AUTH-001 (--only).",
        "Baseline. Held against old.json, the run of 2026-11-01 00:00:00 UTC.",
        "Flaky. Asked again: memory (503).",
        "Mind: The key crosses the network in the clear",
    ):
        assert words in before, words


def test_the_page_of_recorded_traffic_does_not_offer_to_ask_again() -> None:
    text = outline(runs.conformant()).text
    assert "Nothing was sent: recorded traffic was judged." in text
    assert "customers-conformance run" not in text
    assert "3 entries for other paths were left out" in text


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
    text = outline(runs.grouped(replace(run, judgements=(failed,)))).text
    assert "Seen nowhere" in text
    assert "Exchange" not in text


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
    odd = replace(run, judgements=judgements, exchanges=exchanges, undocumented=undocumented)
    html = page.render(runs.grouped(odd))
    assert len(html) < 3 * MEBI
    assert "800 more stand in" in html.decode()


def test_a_thousand_defects_make_a_page_that_opens_at_once() -> None:
    run = runs.plain()
    judgements = tuple(
        replace(
            run.judgements[1],
            requirement=runs.requirement(f"SCH-{number:03}", "sends what its schema says"),
            findings=tuple(Finding.of("an object", "null", 0, f"/customers/0/member_{one}") for one in range(20)),
            findings_total=20,
        )
        for number in range(50)
    )
    assert len(page.render(runs.grouped(replace(run, judgements=judgements)))) < 1_500_000


def test_defects_beyond_the_eighth_are_folded_away() -> None:
    run = runs.plain()
    for count, words in ((9, "1 more\n"), (12, "4 more\n")):
        found = tuple(Finding.of("an object", "null", 0, f"/member_{one}") for one in range(count))
        failed = replace(run.judgements[1], findings=found, findings_total=count)
        assert words in outline(runs.grouped(replace(run, judgements=(failed,)))).text


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
    assert view.evaluate("document.scripts.length + document.images.length") == 1
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


def opened(browser: Browser, tmp_path: Path, run: Run, address: str = "", **options: Any) -> Page:
    (tmp_path / "report.html").write_bytes(page.render(run))
    view = browser.new_page(**options)
    view.goto((tmp_path / "report.html").as_uri() + address)
    return view


def shown(view: Page) -> list[str]:
    """The requirements that a reader sees, folded ones included."""
    found: list[str] = view.evaluate(
        "[...document.querySelectorAll('[data-verdict]')].filter(one => !one.closest('[hidden]')).map(one => one.id)"
    )
    return found


def test_a_reader_filters_and_the_address_keeps_it(browser: Browser, tmp_path: Path) -> None:
    view = opened(browser, tmp_path, runs.plain())
    view.select_option("[data-filter=verdict]", "fail")
    assert shown(view) == ["CUST-SCH-003", "CUST-REL-001"]
    assert view.url.endswith("#verdict=fail")
    assert view.locator("#shown").text_content() == "2 of 8 shown"
    view.select_option("[data-filter=level]", "SHOULD")
    assert shown(view) == []
    view.click("#all")
    assert len(shown(view)) == 8
    assert "#" not in view.url
    view.close()


def test_an_address_with_a_filter_shows_only_that(browser: Browser, tmp_path: Path) -> None:
    view = opened(browser, tmp_path, runs.plain(), "#profile=security&level=MUST")
    assert shown(view) == ["CUST-SEC-002", "CUST-HTTP-009"]
    assert view.locator("#inapplicable .lines").is_visible()
    assert not view.locator("#failures").is_visible()
    view.close()


@pytest.mark.parametrize("one", [one.requirement.id for one in runs.plain().judgements])
def test_a_link_to_a_requirement_unfolds_it(browser: Browser, tmp_path: Path, one: str) -> None:
    view = opened(browser, tmp_path, runs.plain(), f"#{one}")
    assert view.locator(f"#{one}").is_visible()
    assert view.locator(f"#{one}").get_by_text("A conforming server").first.is_visible()
    view.close()


def test_without_a_script_nothing_is_missing(browser: Browser, tmp_path: Path) -> None:
    view = opened(browser, tmp_path, runs.plain(), java_script_enabled=False)
    assert not view.locator("#filter").is_visible()
    view.click("#passed .fold > summary")
    view.click("#CUST-AUTH-001 summary")
    assert view.get_by_text("answers 200 to a request with a valid").is_visible()
    view.close()


@pytest.mark.parametrize("name, most", [("conformant", 3), ("plain", 4)])
def test_a_page_is_printed_on_few_sheets(browser: Browser, tmp_path: Path, name: str, most: int) -> None:
    view = opened(browser, tmp_path, {"conformant": runs.conformant, "plain": runs.plain}[name]())
    sheets = view.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheets)) <= most
    view.close()


def test_a_real_gateway_fits_a_few_screens_and_sheets_with_every_failure_in_sight(
    browser: Browser, tmp_path: Path
) -> None:
    execute(Settings(har=RECORDING, out=tmp_path))
    view = browser.new_page(viewport={"width": 1200, "height": 900})
    view.goto((tmp_path / "report.html").as_uri())
    assert view.evaluate("document.documentElement.scrollHeight") < 6000
    assert len(re.findall(rb"/Type\s*/Page[^s]", view.pdf(prefer_css_page_size=True))) <= 8
    titles = view.locator("#failures h3")
    assert titles.count() == 4
    assert all(one.is_visible() for one in titles.all())
    view.close()


def test_every_verdict_has_a_sign_and_a_word_beside_its_colour() -> None:
    text = outline(runs.plain()).text
    for verdict in Verdict:
        sign, word = page.wording.VERDICTS[verdict]
        assert f"{sign} {word}" in text


def test_of_a_body_that_is_no_json_the_place_is_shown_where_that_begins() -> None:
    with_comma = b'{"customers":[\n' + b'{"id":"x"},' * 100 + b"]}"
    offset = len(with_comma) - 2
    excerpt = Excerpts().at(Body(with_comma), offset)
    assert excerpt is not None
    assert [line.marked for line in excerpt.lines] == [False, True]
    assert excerpt.lines[0].text.startswith("…")
    assert excerpt.lines[0].text.endswith('{"id":"x"},')
    assert excerpt.lines[1].text == "]}"
    ended = Excerpts().at(Body(b'{"customers":['), 14)
    assert ended is not None
    assert [line.text for line in ended.lines] == ['{"customers":[', "(here it ends)"]
    page = Excerpts().at(Body(b"<!DOCTYPE html>" + b"x" * 1000), 0)
    assert page is not None
    assert (page.lines[0].marked, page.lines[0].text[:15], page.lines[0].text[-1]) == (True, "<!DOCTYPE html>", "…")
    assert Excerpts().at(Body(b""), 0) is None


def test_only_whole_names_of_fields_are_marked_in_a_head() -> None:
    run = runs.plain()
    judgement = next(one for one in run.judgements if one.verdict is Verdict.WARN)
    finding = replace(judgement.findings[0], pointer="", expected="405 Method Not Allowed", actual="a Content-Type")
    group = replace(judgement.groups[0], first=finding, pattern="")
    answer = run.exchanges[0].response
    assert answer is not None
    answer = replace(answer, headers=(("Allow", "GET"), ("Content-Type", "text/html")))
    exchanges = (replace(run.exchanges[0], response=answer), *run.exchanges[1:])
    changed = replace(judgement, findings=(finding,), groups=(replace(group, first=replace(finding, exchange=0)),))
    found = entries(replace(run, judgements=(changed,), exchanges=exchanges))
    (told,) = found[Verdict.WARN][0].told
    assert told.excerpt is not None
    assert [line.text for line in told.excerpt.lines if line.marked] == ["Content-Type: text/html"]
