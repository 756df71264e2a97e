"""The project's sessions; each sets up what it needs in a virtual environment of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import nox

if TYPE_CHECKING:
    from types import FrameType

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests", "coverage", "build", "conformance"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")

#: The options of ``customers-conformance run`` that take no value.
FLAGS = frozenset(
    {"plan", "strict", "allow-unverified", "no-auth", "show-config", "strict-waivers", "quiet", "verbose"}
)

#: Options of pytest that its own front end needs no other name for.
OF_PYTEST = frozenset({"help", "quiet", "verbose"})

#: The self-tests, a file at a time, by as many workers as there are processors.
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
WORKERS = ("-n", "auto", "--dist", "loadfile")
WITHOUT_BROWSER = ("--ignore=tests/selftest/reports/test_browser.py",)

#: The minor versions of Python that tell by themselves which lines they run, and not which branches.
LINES_ALONE = frozenset({12, 13})

#: What the conformance session answers with where pytest was ended by a signal, as a shell does.
SIGNALLED = 128


def set_up(session: nox.Session, *groups: str) -> None:
    """Install the project, editable so that no stale ``build`` folder is read, and groups of tools."""
    session.install("-q", "-e", ".", *nox.project.dependency_groups(PYPROJECT, *groups))


@nox.session
def tests(session: nox.Session) -> None:
    """Test the suite itself; arguments go to pytest."""
    set_up(session, "tests")
    session.run("python", *PYTEST, *(session.posargs or WORKERS))


def installed() -> list[str]:
    """The supported versions of Python, by the classifiers, whose interpreter is on the path and starts."""
    prefix = "Programming Language :: Python :: 3."
    classifiers = PYPROJECT["project"]["classifiers"]
    versions = [f"3.{line.removeprefix(prefix)}" for line in classifiers if line.startswith(prefix)]
    return [version for version in versions if starts(f"python{version}")]


def starts(program: str) -> bool:
    """Whether a program is there and starts: a version manager's stand-in for one that is switched off does not."""
    found = shutil.which(program)
    return found is not None and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0


@nox.session(python=installed())
def supported(session: nox.Session) -> None:
    """Test the suite on each supported version of Python that is installed; a page is one whatever wrote it."""
    set_up(session, "tests")
    session.run("python", *PYTEST, *WORKERS, *WITHOUT_BROWSER, *session.posargs)


@nox.session(python=installed()[-1] if installed() else None)
def coverage(session: nox.Session) -> None:
    """Test the suite on the newest supported Python that is installed, and hold it to the coverage."""
    set_up(session, "tests")
    version = str(session.run("python", "-c", "import sys; print(sys.version_info[1])", silent=True)).strip()
    # Python itself tells which lines it runs from 3.12 on, and from 3.14 on which branches: before, telling costs as
    # much as the tests.
    core = {"COVERAGE_CORE": "sysmon"} if int(version) in LINES_ALONE else {}
    branches = () if int(version) in LINES_ALONE else ("--branch",)
    session.run("coverage", "erase")
    session.run("coverage", "run", *branches, *PYTEST, *WORKERS, *WITHOUT_BROWSER, env=core)
    session.run("coverage", "combine", "-q")
    session.run("coverage", "report")


@nox.session
def conformance(session: nox.Session) -> None:
    """Judge a server (``-- URL [options of run]``), or the embedded reference server; exits with the run's code."""
    set_up(session)
    command = [
        *("python", "-m", "pytest", "-q", "-rN", "-c", str(ROOT / "tests" / "conformance" / "pytest.ini")),
        *("-p", "customers_conformance.pytest_plugin", "--pyargs", "customers_conformance.tests"),
    ]
    code = run_for_code(session, [*command, *front_end_options(session.posargs)])
    if code:
        # A failing session.run would turn every code into 1.
        sys.exit(code)


def front_end_options(arguments: list[str]) -> list[str]:
    """The arguments of ``customers-conformance run``, in any order, as the pytest front end takes them."""
    options = []
    url = waits = False
    for argument in arguments:
        if argument.startswith("--") and argument != "--":
            name, _, _ = argument.removeprefix("--").removeprefix("cc-").partition("=")
            waits = "=" not in argument and name not in FLAGS
            foreign = argument.startswith("--cc-") or name in OF_PYTEST
            options.append(argument if foreign else f"--cc-{argument[2:]}")
        elif waits or argument.startswith("-"):
            # The value of the option before it, or an option of pytest's own, whose value is no URL.
            waits = False
            options.append(argument)
        elif not url and (not options or not is_short(options[-1]) or "://" in argument):
            url = True
            options.append(f"--cc-url={argument}")
        else:
            options.append(argument)
    return options


def is_short(argument: str) -> bool:
    """Whether it is an option such as pytest's ``-k``, after which a value may stand."""
    return argument.startswith("-") and not argument.startswith("--")


def run_for_code(session: nox.Session, command: list[str]) -> int:
    """Run a command of the session's environment and return its exit code; a signal to nox ends it as well."""
    session.log(" ".join(command[:3]))
    environment = {name: value for name, value in (os.environ | session.env).items() if value is not None}
    environment["PATH"] = os.pathsep.join([session.bin, environment.get("PATH", "")])
    program = Path(session.bin) / ("python.exe" if os.name == "nt" else "python")
    with subprocess.Popen([program, *command[1:]], env=environment) as process:

        def pass_on(_number: int, _frame: FrameType | None) -> None:
            process.terminate()

        former = signal.signal(signal.SIGTERM, pass_on)
        try:
            while (code := waited(process)) is None:
                continue
        finally:
            signal.signal(signal.SIGTERM, former)
    return SIGNALLED - code if code < 0 else code


def waited(process: subprocess.Popen[bytes]) -> int | None:
    """The exit code; ``None`` after Ctrl-C, which the terminal has sent to the process, too."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        return None


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting, which module may import which, the document as OpenAPI, and what a CI is given."""
    session.install("-q", *nox.project.dependency_groups(PYPROJECT, "lint", "build"))
    session.run("ruff", "check", "--no-cache", ".")
    session.run("ruff", "format", "--no-cache", "--check", ".")
    given_to_ci(session)
    # The root folders are packages only where the project is installed, and not editable.
    install_wheel(session, built(session))
    session.run("lint-imports", "--no-cache")
    session.run("openapi-spec-validator", str(ROOT / "openapi" / "customers.yaml"))


def given_to_ci(session: nox.Session) -> None:
    """Hold the action, the workflow and the component to the schemas of their CI, and the first two to zizmor."""
    action, workflow = str(ROOT / "action.yml"), str(ROOT / "docs" / "github-targets.yml")
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-actions", action)
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow)
    # The schema describes what stands below the inputs, and one document at a time is checked.
    component = ROOT / "templates" / "conformance" / "template.yml"
    below = Path(session.create_tmp()).resolve() / "component.yml"
    below.write_text(component.read_text(encoding="utf-8").partition("\n---\n")[2], encoding="utf-8")
    gitlab = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    session.run("check-jsonschema", *gitlab, str(below))
    session.run("zizmor", "--quiet", "--offline", "--persona", "pedantic", action, workflow)


def built(session: nox.Session) -> Path:
    """Build sdist and, from it, the wheel: a stale ``build`` folder is not read."""
    out = Path(session.create_tmp()).resolve() / "dist"
    for stale in out.glob("*"):
        stale.unlink()
    session.run("python", "-m", "build", "--outdir", str(out), ".", silent=True)
    (wheel,) = out.glob("*.whl")
    return wheel


def install_wheel(session: nox.Session, wheel: Path) -> None:
    """Install a wheel over an older one of the same version, with what it depends on."""
    session.install("-q", "--force-reinstall", "--no-deps", str(wheel))
    session.install("-q", str(wheel))


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    set_up(session, "tests", "types")
    session.run("mypy")


@nox.session
def build(session: nox.Session) -> None:
    """Build sdist and wheel, compare the wheel with the source tree, and start the command from it."""
    session.install("-q", *nox.project.dependency_groups(PYPROJECT, "build"))
    wheel = built(session)
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = source_files()
    if shipped != wanted:
        missing, surplus = sorted(wanted - shipped), sorted(shipped - wanted)
        session.error(f"the wheel is not the source tree: missing {missing}, surplus {surplus}")
    install_wheel(session, wheel)
    with session.chdir(session.create_tmp()):
        session.run("customers-conformance", "requirements", "--format", "json", silent=True)
    session.log(f"{wheel.name}: {len(shipped)} files, as in the source tree")


def source_files() -> set[str]:
    """What the wheel must hold, by the mapping of ``pyproject.toml``: paths within the archive."""
    mapping = {"customers_conformance": "src/customers_conformance"}
    mapping |= {name: path for name, path in PYPROJECT["tool"]["setuptools"]["package-dir"].items() if name}
    return {
        f"{package.replace('.', '/')}/{file.relative_to(ROOT / folder).as_posix()}"
        for package, folder in mapping.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.name != "ruff.toml"
    }


@nox.session
def mutants(session: nox.Session) -> None:
    """Run the suite against every faulty server and every conforming variant; prints the figures last."""
    set_up(session)
    session.run("python", "-m", "customers_conformance.command.mutants", *session.posargs)


@nox.session
def survivors(session: nox.Session) -> None:
    """Change the suite's own code, a sample of 300 times: a self-test must notice; prints the figures last."""
    set_up(session, "tests", "survivors")
    session.run("python", "-m", "tests.survivors", *session.posargs)


@nox.session
def hostile(session: nox.Session) -> None:
    """Run the whole corpus of hostile servers; prints the figures last."""
    set_up(session, "tests")
    session.run("python", "-m", "tests.hostile.conduct", *session.posargs)


@nox.session
def strangers(session: nox.Session) -> None:
    """Judge servers and recordings that are not ours, each of which must get its verdicts; prints the figures last."""
    set_up(session, "strangers")
    # mitmproxy pins much of what the project needs, too.
    recorder = Path(session.create_tmp()).resolve() / "recorder"
    programs = recorder / ("Scripts" if os.name == "nt" else "bin")
    session.run("python", "-m", "venv", str(recorder), silent=True)
    packages = nox.project.dependency_groups(PYPROJECT, "recorder")
    session.run(str(programs / "python"), "-m", "pip", "install", "-q", *packages, external=True)
    path = os.pathsep.join([session.bin, os.environ.get("PATH", ""), str(programs)])
    session.run("python", "-m", "tests.strangers", *session.posargs, env={"PATH": path})


@nox.session
def docs(session: nox.Session) -> None:
    """Write the generated pages of ``docs``; ``-- pictures`` makes its pictures again, with a browser."""
    set_up(session, "docs")
    session.run("python", "-m", "tests.documentation", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Compare the suite with its peers, in turns, and write ``docs/benchmark.md``; arguments name rows."""
    session.install("-q", *nox.project.dependency_groups(PYPROJECT, "bench", "build"))
    # As users have it.
    install_wheel(session, built(session))
    session.run("python", "-m", "tests.bench", *session.posargs)
