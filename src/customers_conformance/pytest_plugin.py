"""The pytest front end: one run a session, one test per requirement, the command's files and exit code.

``pytest -p customers_conformance.pytest_plugin --pyargs customers_conformance.tests --cc-url URL``; every other option
of ``customers-conformance run`` has the prefix ``--cc-``. Without a URL the embedded reference server is judged.
"""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from customers_conformance.command import cli, layers, options, terminal
from customers_conformance.command.showing import shown
from customers_conformance.contract import document
from customers_conformance.harmless import one_line
from customers_conformance.interface import values
from customers_conformance.model import ExitCode, News, Outcome, Role, UsageError, Verdict
from customers_conformance.running.progress import Thinned
from customers_conformance.running.settings import selected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customers_conformance.command.layers import Asked
    from customers_conformance.model import Judgement, Run
    from customers_conformance.running.settings import Settings

#: Stands for the embedded server until that has started.
_EMBEDDED = "http://127.0.0.1"

_PREFIX = "--cc-"
_MEMBER = "cc_"

#: What ``-p no:cacheprovider`` blocks: the plugin, and the one that cannot do without it.
_LEAVE_A_CACHE = ("cacheprovider", "stepwise")

#: How many places of a failure are shown; the report has more.
_PLACES_SHOWN = 5


class BrokenShould(UserWarning):
    """A SHOULD that the target does not keep."""


class Front:
    """The one run of a pytest session: made at the first need, kept for every test."""

    def __init__(self, asked: Asked) -> None:
        """Take what was asked for; nothing is sent yet. Raises ``UsageError``."""
        embedded = asked.url is None
        given: dict[str, object] = asked.values
        environment: Mapping[str, str] = os.environ
        if embedded:
            # The embedded server says what its key is; what was given for another must not stop it.
            given |= {"key_env": None, "key_file": None}
            environment = {**os.environ, options.KEY_VARIABLE: "embedded"}
        url = str(asked.url.value) if asked.url else _EMBEDDED
        self.settings = settings = values.settings(given, url=url, environment=environment, origins=asked.origins)
        self.embedded = embedded
        self.ids = [requirement.id for requirement in selected(document.load().requirements, settings)]
        self.result: Run | None = None

    def run(self, tell: Callable[[str], None] | None = None) -> Run:
        """The run; a mistake of the user's ends the session."""
        if self.result is None:
            from customers_conformance.running import run  # noqa: PLC0415 - collecting need not wait for it

            with ExitStack() as stack:
                settings = self._embedded(stack) if self.embedded else self.settings
                try:
                    self.result = run.execute(settings, tell)
                except UsageError as mistake:
                    pytest.exit(f"error: {one_line(str(mistake), 4000)}", returncode=ExitCode.USAGE)
        return self.result

    def judgement(self, requirement: str) -> Judgement:
        """What the run says of a requirement."""
        return self.run().judgement(requirement)

    def _embedded(self, stack: ExitStack) -> Settings:
        from customers_conformance.reference import app, server  # noqa: PLC0415 - only where no server was named

        url = stack.enter_context(server.running())
        if self.settings.no_auth:
            return replace(self.settings, url=url)
        return replace(self.settings, url=url, key=app.DEFAULT_KEY, session=app.DEFAULT_SESSION)


_FRONT = pytest.StashKey[Front]()

#: The fixtures that take a run.
_OURS = frozenset({"conforms", "generated", "outcome"})


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the options of the table, and take the plugins away that would leave a ``.pytest_cache``."""
    for name in _LEAVE_A_CACHE:
        pluginmanager.set_blocked(name)
    group = parser.getgroup("customers-conformance", "judging GET /api/governance/customers")
    group.addoption(f"{_PREFIX}url", metavar="URL", help="the server's base (default: an embedded reference server)")
    for option in _options():
        name, member = f"{_PREFIX}{option.name}", f"{_MEMBER}{option.member}"
        says = option.help.replace("%", "%%")
        if option.metavar is None:
            group.addoption(name, dest=member, action="store_true", help=says)
        else:
            # Each value is taken, so that one too many is refused.
            group.addoption(name, dest=member, action="append", metavar=option.metavar, help=says)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Read the options before anything is collected: a mistake is exit code 2 and one sentence."""
    if config.option.help or config.option.version:
        return None
    try:
        asked = _asked(config)
        if asked.wants("show_config"):
            shown(asked, options.RUN)
        config.stash[_FRONT] = front = Front(asked)
        if asked.wants("show_config"):
            return 0
        if front.settings.plan:
            return cli.planned(front.settings)
    except UsageError as mistake:
        sys.stderr.write(f"error: {one_line(str(mistake), 4000)}\n")
        # A mistake of the user's; pytest's own argument errors stay 4.
        return ExitCode.USAGE
    return None


def _options() -> list[options.Option]:
    """Those of the command, but for what it prints: pytest has ``--quiet`` and ``--verbose`` of its own."""
    return [option for option in options.options_of(options.RUN) if not option.printing]


def _asked(config: pytest.Config) -> Asked:
    """What the options of this session ask for; raises ``UsageError``."""
    _refuse_workers(config)
    given = {option.member: getattr(config.option, f"{_MEMBER}{option.member}") for option in _options()}
    return layers.asked(options.RUN, given, url=config.getoption(f"{_PREFIX}url"))


def _refuse_workers(config: pytest.Config) -> None:
    """Raises ``UsageError`` where pytest-xdist would part the tests among processes that share no run."""
    if getattr(config.option, "numprocesses", None) or getattr(config.option, "tx", None):
        message = (
            "pytest-xdist is asked for workers (-n), and each of them would ask the server everything once more; "
            "allowed is -n 0: one run is made, and every test reads it"
        )
        raise UsageError(message)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test per selected requirement, with id and title in its name."""
    if "requirement" in metafunc.fixturenames and "conforms" in metafunc.fixturenames:
        headings = {requirement.id: requirement.heading for requirement in document.load().requirements}
        metafunc.parametrize("requirement", metafunc.config.stash[_FRONT].ids, ids=headings.__getitem__)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Make the run before the first test, where its progress is seen."""
    concerned = [item for item in session.items if _OURS & set(getattr(item, "fixturenames", ()))]
    if session.config.option.collectonly or session.testsfailed or not concerned:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")

    def tell(step: str) -> None:
        if reporter is not None:
            reporter.write_line(one_line(step))

    run = session.config.stash[_FRONT].run(Thinned(tell))
    if run.outcome is Outcome.INVALID and {judgement.verdict for judgement in run.judgements} == {Verdict.UNVERIFIED}:
        # What is one reason for all is told once.
        told = next((item for item in concerned if "outcome" in getattr(item, "fixturenames", ())), concerned[0])
        others = [item for item in concerned if item is not told]
        session.items[:] = [item for item in session.items if item not in others]
        session.config.hook.pytest_deselected(items=others)


@pytest.fixture
def outcome(request: pytest.FixtureRequest) -> Callable[[], None]:
    """What the test of the outcome asks; errs here in an invalid run."""
    run = request.config.stash[_FRONT].run()
    says = f"{terminal.headline(run).plain} (exit code {run.exit_code})"
    if run.outcome is Outcome.INVALID:
        pytest.fail(says, pytrace=False)

    def hold() -> None:
        if run.exit_code:
            pytest.fail(says, pytrace=False)

    return hold


@pytest.fixture
def conforms(requirement: str, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """What a test of a requirement asks; errs and skips here where there is nothing to ask."""
    front = request.config.stash[_FRONT]
    judgement = front.judgement(requirement)
    why = terminal.reason(judgement)
    unverified = judgement.verdict is Verdict.UNVERIFIED
    if judgement.verdict is Verdict.ERROR or (unverified and front.run().outcome is Outcome.INVALID):
        pytest.fail(f"{judgement.requirement.heading}: {judgement.verdict}: {why}", pytrace=False)
    if judgement.verdict in {Verdict.UNVERIFIED, Verdict.NOT_APPLICABLE, Verdict.WAIVED}:
        pytest.skip(f"{judgement.verdict.replace('_', ' ')}: {why}")

    if judgement.news is News.KNOWN and judgement.verdict is Verdict.FAIL:
        pytest.skip("known: the baseline has it")

    def hold(_: str) -> None:
        text = "\n".join([judgement.requirement.heading, *terminal.explained(judgement, _PLACES_SHOWN)])
        if judgement.verdict is Verdict.FAIL and judgement.news is not News.NOT_THERE:
            pytest.fail(text, pytrace=False)
        if judgement.verdict in {Verdict.FAIL, Verdict.WARN}:
            warnings.warn(text, BrokenShould, stacklevel=2)

    return hold


@pytest.fixture
def generated(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """What a property test asks: whether an answer to a generated request of a kind broke anything."""
    run = request.config.stash[_FRONT].run()

    def hold(kind: str) -> None:
        role = Role.GENERATED_ODD if kind == "headers" else Role.GENERATED
        sent = {exchange.index: exchange.request for exchange in run.exchanges if exchange.role is role}
        if not sent:
            pytest.skip("no request of this kind was generated")
        broken = [
            f"{judgement.requirement.id}: {sent[found.exchange].method} {sent[found.exchange].url}: {found.message}"
            for judgement in run.judgements
            if judgement.verdict is Verdict.FAIL
            for found in judgement.findings
            if found.exchange in sent and found.waiver is None and judgement.news in {None, News.NEW}
        ]
        if broken:
            pytest.fail("\n".join(one_line(text) for text in broken), pytrace=False)

    return hold


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say why tests were skipped, once for each reason, the outcome, and where the report lies."""
    front = config.stash.get(_FRONT, None)
    if front is not None and front.result is not None:
        if front.result.outcome is not Outcome.INVALID:
            for line in terminal.grouped(front.result):
                terminalreporter.write_line(line.plain)
        terminalreporter.write_line(terminal.headline(front.result).plain)
        terminalreporter.write_line(f"report in {front.settings.out}, exit code {front.result.exit_code}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Answer with the run's exit code; other failures of a session whose run is well stay what they are."""
    front = session.config.stash.get(_FRONT, None)
    if front is not None and front.result is not None:
        session.exitstatus = front.result.exit_code or exitstatus
