"""What a run says of itself: the options that it used, what was left out, and its outcome as a sentence."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any

from customers_conformance.model import Level, Outcome, Verdict
from customers_conformance.sending.origin import parse_proxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from customers_conformance.evidence.evidence import Evidence
    from customers_conformance.model import Judgement, Response
    from customers_conformance.running.settings import Settings

#: How many ids a phrase names before it counts them.
IDS_NAMED = 3

#: How the first bytes of a web page read, in lower case.
_WEB_PAGE = (b"<!doctype html", b"<html")


def options(settings: Settings) -> dict[str, Any]:
    """Every option that bears on verdicts or evidence, as used, by its name with underscores; values of JSON.

    No secret: of an added header its name stands alone, of a proxy its address.
    """
    judging = {
        "only": list(settings.only),
        "skip": list(settings.skip),
        "strict": settings.strict,
        "allow_unverified": settings.allow_unverified,
        "strict_waivers": settings.strict_waivers,
        "no_auth": settings.no_auth,
        "without": sorted(settings.without),
        "max_body": settings.max_body,
        "evidence": settings.evidence.value,
    }
    if settings.har is not None:
        return {**judging, "key_placeholder": settings.key_placeholder}
    named = [value for option, value in settings.secrets_from if option == "header_env"]
    read = {value.partition("=")[0].strip().lower() for value in named}
    return {
        **judging,
        "timeout": settings.timeout,
        "deadline": settings.deadline,
        "settle": settings.settle,
        "rate": settings.rate,
        "concurrency": settings.concurrency,
        "retries": settings.retries,
        "examples": settings.examples,
        "header": [name for name, _ in settings.headers if name.lower() not in read],
        "header_env": named,
        "proxy": parse_proxy(settings.proxy).origin.url if settings.proxy else None,
        **{option: value for option, value in settings.secrets_from if option != "header_env"},
    }


def partial(settings: Settings) -> str | None:
    """What was left out or switched off, as a phrase; ``None`` where the profiles were judged whole."""
    return ", ".join(_left_out(settings)) or None


def _left_out(settings: Settings) -> Iterator[str]:
    if settings.only:
        yield f"only {_named(settings.only)} (--only)"
    if settings.skip:
        yield f"not {_named(settings.skip)} (--skip)"
    if settings.without:
        yield f"no {', '.join(sorted(settings.without))} (--without)"
    if settings.no_auth:
        yield "no authentication (--no-auth)"
    if settings.har is None and not settings.examples:
        yield "no generated requests (--examples 0)"


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids) if len(ids) <= IDS_NAMED else f"{len(ids)} requirements"


def sentence(found: Outcome, judgements: Sequence[Judgement], part: str | None, evidence: Evidence) -> str:
    """The outcome of a run that was judged, as a sentence or a few; ``part`` is what ``partial`` says."""
    says = _outcome(found, judgements)
    aside = sum(judgement.verdict is Verdict.WAIVED for judgement in judgements)
    if aside and found is not Outcome.CONFORMANT_WITH_WAIVERS:
        says += f" {_accepted(aside)} waived."
    if found is Outcome.NONCONFORMANT and answers_with_web_pages(evidence):
        says = f"The target answers with web pages: is the base URL right? {says}"
    return f"{says} This run is partial: {part}." if part else says


def answers_with_web_pages(evidence: Evidence) -> bool:
    """Whether every answer to the plain request is a page of HTML."""
    answers = [exchange.response for exchange in evidence.plain if exchange.response]
    return bool(answers) and all(map(_is_web_page, answers))


def _is_web_page(response: Response) -> bool:
    begins = response.body.content[:1024].removeprefix(BOM_UTF8).lstrip().lower()
    html = (response.header("Content-Type") or "").lower().startswith("text/html")
    return begins.startswith(_WEB_PAGE) or (html and begins.startswith(b"<"))


def _accepted(number: int) -> str:
    return "1 requirement is" if number == 1 else f"{number} requirements are"


def _outcome(found: Outcome, judgements: Sequence[Judgement]) -> str:
    def count(verdict: Verdict, level: Level | None = None) -> int:
        return sum(j.verdict is verdict and level in (None, j.requirement.level) for j in judgements)

    total = len(judgements)
    warned = count(Verdict.WARN)
    if found is Outcome.NONCONFORMANT:
        failed = count(Verdict.FAIL)
        return f"The target breaks {failed or warned} of {total} requirements."
    if found is Outcome.INCOMPLETE:
        numbers = [(count(Verdict.UNVERIFIED, level), level) for level in Level]
        unseen = " and ".join(f"{number} {level}{'s' * (number > 1)}" for number, level in numbers if number)
        if not unseen:
            return f"Nothing is broken, and nothing was kept either: none of {total} requirements could be judged."
        return f"Nothing that binds is broken, but {unseen} of {total} requirements could not be judged."
    if found is Outcome.INVALID:
        return f"The suite itself failed on {count(Verdict.ERROR)} of {total} requirements; the target is not at fault."
    if found is Outcome.CONFORMANT_WITH_WAIVERS:
        return f"The target keeps every requirement that was judged, but {_accepted(count(Verdict.WAIVED))} waived."
    aside = f", with {warned} warning{'s' * (warned > 1)}" if warned else ""
    return f"The target keeps every requirement that was judged{aside}."
