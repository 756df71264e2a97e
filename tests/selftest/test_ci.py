"""What continuous integration is given: the script lines of the action, the workflow and the component, as they run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from customers_conformance.reference import app, server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
WORKFLOW = ROOT / "docs" / "github-targets.yml"
COMPONENT = ROOT / "templates" / "conformance" / "template.yml"

#: Options that make a run short.
SHORT = ("--profile=core", "--examples=0", "--settle=0")

#: Stands for the Python of a CI: its environments hold the suite that is tested, and pip installs nothing.
PYTHON = f"""\
#!/bin/sh
case "$*" in
"-m venv "*)
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    cp "${{0%/*}}/customers-conformance" "$3/bin/customers-conformance" ;;
"-m pip "*)
    printf '%s\\n' "$@" >> "$INSTALLED" ;;
*)
    exec "{sys.executable}" "$@" ;;
esac
"""

COMMAND = f"""\
#!/bin/sh
exec "{sys.executable}" -m customers_conformance "$@"
"""


class Job:
    """A clean folder of a CI's job, and what its scripts are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        programs, temporary = folder / "programs", folder / "temporary"
        self.work = folder / "work"
        for each in (programs, temporary, self.work):
            each.mkdir()
        for name, text in (("python", PYTHON), ("python3", PYTHON), ("customers-conformance", COMMAND)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.environment = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": str(folder),
            "INSTALLED": str(folder / "installed"),
            "RUNNER_TEMP": str(temporary),
            "GITHUB_ACTION_PATH": "/action",
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        }

    def run(self, *shell: str, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*shell, script],
            cwd=self.work,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def without_the_suite(self) -> None:
        """Let the command do nothing: what is tested is the script about it."""
        (self.folder / "programs" / "customers-conformance").write_text("#!/bin/sh\nexit 2\n")

    def read(self, name: str) -> str:
        place = self.folder / name
        return place.read_text(encoding="utf-8") if place.exists() else ""

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.read("output").splitlines())


@pytest.fixture
def job(tmp_path: Path) -> Job:
    if not shutil.which("bash"):
        pytest.skip("there is no bash")
    return Job(tmp_path)


@pytest.fixture(scope="module")
def sound() -> Iterator[str]:
    with server.running() as url:
        yield url


@pytest.fixture(scope="module")
def faulty() -> Iterator[str]:
    with server.running(fault="count-too-high") as url:
        yield url


def loaded(path: Path) -> Any:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))[-1]


def evaluated(text: object, known: Mapping[str, str]) -> str:
    """A value with its expressions replaced: each has to be known."""
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda match: known[match[1]], str(text))


# The action.


def acted(job: Job, /, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the action's scripts as GitHub does: one after the other, until one fails."""
    action = loaded(ACTION)
    given = {name: str(each["default"]) for name, each in action["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    known = {f"inputs.{name}": value for name, value in given.items()}
    for name in ("target", "config"):
        variable = f"CUSTOMERS_CONFORMANCE_{name.upper()}"
        known[f"inputs.{name} || env.{variable}"] = given[name] or job.environment.get(variable, "")
    for step in action["runs"]["steps"]:
        if "run" in step:
            assert step["shell"] == "bash"
            environment = {name: evaluated(value, known) for name, value in step["env"].items()}
            shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
            done = job.run(*shell, script=step["run"], **environment)
            if done.returncode:
                break
    return done


def test_the_action_installs_runs_and_tells_the_outcome_of_a_sound_server(job: Job, sound: str) -> None:
    done = acted(job, url=sound, key=app.DEFAULT_KEY, options="\n".join(SHORT))
    assert done.returncode == 0, done.stderr
    assert job.read("installed").splitlines() == ["-m", "pip", "install", "-q", "--", "/action"]
    assert job.outputs == {"outcome": "conformant", "exit-code": "0"}
    assert "Conformant" in job.read("summary")
    assert (job.work / "conformance-report" / "report.sarif").is_file()


def test_the_action_fails_with_the_exit_code_of_the_run_and_tells_its_outcome(job: Job, faulty: str) -> None:
    done = acted(job, url=faulty, key=app.DEFAULT_KEY, options="\n".join(SHORT), out="else where", package="suite==1")
    assert done.returncode == 1
    assert job.read("installed").splitlines()[-1] == "suite==1"
    assert job.outputs == {"outcome": "nonconformant", "exit-code": "1"}
    assert "CUST-REL-001" in job.read("summary")
    assert (job.work / "else where" / "report.sarif").is_file()


def test_a_mistake_in_the_call_is_told_as_one_and_not_by_an_older_report(job: Job, sound: str) -> None:
    acted(job, url=sound, key=app.DEFAULT_KEY, options="\n".join(SHORT))
    for name in ("output", "summary"):
        (job.folder / name).unlink()
    done = acted(job, url=sound, key=app.DEFAULT_KEY, options="--timeot=3")
    assert done.returncode == 2
    assert job.outputs == {"outcome": "usage", "exit-code": "2"}
    assert job.read("summary") == ""


def test_a_run_that_ends_with_2_for_an_unused_waiver_has_its_report_and_outcome(job: Job, sound: str) -> None:
    waiver = '[[waiver]]\nrequirement = "CUST-REL-001"\nat = "/count"\nactual = "a number"\naccepts = "fail"\n'
    waiver += 'reason = "r"\nowner = "o"\nexpires = 2999-01-01\n'
    (job.work / "waivers.toml").write_text(waiver)
    options = [*SHORT, "--waivers=waivers.toml", "--strict-waivers"]
    done = acted(job, url=sound, key=app.DEFAULT_KEY, options="\n".join(options))
    assert done.returncode == 2
    assert job.outputs == {"outcome": "conformant", "exit-code": "2"}


@pytest.mark.parametrize("option", ["--plan", "--show-config", "--out=elsewhere"])
def test_a_run_without_a_report_where_the_action_looks_is_a_mistake(job: Job, sound: str, option: str) -> None:
    done = acted(job, url=sound, key=app.DEFAULT_KEY, options="\n".join([*SHORT, option]))
    assert done.returncode == 2
    assert job.outputs == {"outcome": "usage", "exit-code": "2"}
    assert "leave --out, --plan and --show-config out" in done.stdout


def test_a_server_that_does_not_answer_is_told_as_invalid(job: Job) -> None:
    done = acted(job, url="http://127.0.0.1:9", key="canary-key", options="\n".join(SHORT))
    assert done.returncode == 4
    assert job.outputs == {"outcome": "invalid", "exit-code": "4"}
    assert "canary-key" not in done.stdout + done.stderr + job.read("summary")


def test_the_action_judges_a_target_with_the_key_that_it_is_given(job: Job, sound: str) -> None:
    (job.work / "gate.toml").write_text(
        f'examples = 0\nsettle = 0\nprofile = "core"\n[targets.staging]\nurl = "{sound}"\nkey-env = "STAGING_KEY"\n'
    )
    done = acted(job, target="staging", config="gate.toml", key=app.DEFAULT_KEY)
    assert done.returncode == 0, done.stderr
    assert acted(job, target="staging", config="gate.toml").returncode == 2
    job.environment |= {"STAGING_KEY": app.DEFAULT_KEY, "CUSTOMERS_CONFORMANCE_TARGET": "staging"}
    assert acted(job, config="gate.toml").returncode == 0


@pytest.mark.parametrize("value", ["$(touch made)", "`touch made`", '"; touch made; "', "'; touch made; '", "--help"])
def test_no_input_is_a_command(job: Job, value: str) -> None:
    job.without_the_suite()
    for given in ({"url": value}, {"options": value}, {"target": value}, {"key": value, "url": "x"}, {"out": value}):
        acted(job, **given)
        assert not list(job.folder.rglob("made"))


def test_uploads_follow_a_red_run_and_not_a_mistake() -> None:
    uploads = [step for step in loaded(ACTION)["runs"]["steps"] if "upload" in step.get("uses", "")]
    assert len(uploads) == 2
    for step in uploads:
        assert step["if"].startswith("always() && ")
        assert step["if"].endswith("steps.run.outputs.outcome && steps.run.outputs.outcome != 'usage'")


# The workflow.


def steps(job: str) -> list[dict[str, Any]]:
    return [step for step in loaded(WORKFLOW)["jobs"][job]["steps"] if "run" in step]


def worked(job: Job, name: str, known: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PACKAGE": loaded(WORKFLOW)["env"]["PACKAGE"]}
    for step in steps(name):
        own = {variable: evaluated(value, known) for variable, value in step.get("env", {}).items()}
        done = job.run("bash", "-e", "-c", script=step["run"], **environment, **own)
        if done.returncode:
            break
    return done


def test_the_workflow_judges_each_target_and_lays_the_reports_side_by_side(job: Job, sound: str, faulty: str) -> None:
    (job.work / "customers-conformance.toml").write_text(
        'examples = 0\nsettle = 0\nprofile = ["core"]\n'
        f'[targets.sound]\nurl = "{sound}"\nkey-env = "ELSEWHERE"\n[targets.faulty]\nurl = "{faulty}"\n'
    )
    assert worked(job, "targets", {}).returncode == 0
    targets = yaml.safe_load(job.outputs["targets"])
    assert [target["name"] for target in targets] == ["sound", "faulty"]
    codes = []
    for target in targets:
        known = {
            "matrix.target.name": target["name"],
            "secrets.CUSTOMERS_CONFORMANCE_KEY": app.DEFAULT_KEY,
            "matrix.target.key_env && 'CUSTOMERS_CONFORMANCE_KEY'": target["key_env"] and "CUSTOMERS_CONFORMANCE_KEY",
        }
        codes.append(worked(job, "judge", known).returncode)
    assert codes == [0, 1]
    assert "CUST-REL-001" in job.read("summary")
    (job.work / "conformance-report").rename(job.work / "reports")
    (job.folder / "summary").unlink()
    done = worked(job, "compare", {})
    assert done.returncode == 0, done.stderr
    assert job.read("summary").startswith("# 2 targets, ")
    assert (job.work / "matrix" / "matrix.html").is_file()


# The component.


def included(job: Job, /, **inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Run the component's job as GitLab does, and return it with its inputs put in."""
    text = COMPONENT.read_text(encoding="utf-8")
    spec, made = yaml.safe_load_all(text)
    given = {name: each.get("default") for name, each in spec["spec"]["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}

    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {put(name): put(each) for name, each in value.items()}
        if isinstance(value, list):
            return [put(each) for each in value]
        return re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda match: given[match[1]], str(value))

    ((_, found),) = put(made).items()
    script = "\n".join(found["script"])
    return job.run("sh", "-ec", script=script, **found["variables"]), found


def test_the_component_makes_the_reports_that_it_names_when_it_is_red_too(job: Job, faulty: str) -> None:
    job.environment["CUSTOMERS_CONFORMANCE_KEY"] = app.DEFAULT_KEY
    done, made = included(job, package="suite==1", url=faulty, options="\n".join(SHORT), out="conformance")
    assert done.returncode == 1
    assert job.read("installed").splitlines() == ["-m", "pip", "install", "-q", "--", "suite==1"]
    assert made["artifacts"]["when"] == "always"
    for place in (*made["artifacts"]["paths"], *made["artifacts"]["reports"].values()):
        assert (job.work / place).exists()


def test_the_component_judges_a_target(job: Job, sound: str) -> None:
    job.environment["STAGING_KEY"] = app.DEFAULT_KEY
    (job.work / "customers-conformance.toml").write_text(
        f'examples = 0\nsettle = 0\nprofile = "core"\n[targets.staging]\nurl = "{sound}"\nkey-env = "STAGING_KEY"\n'
    )
    done, _ = included(job, package="suite==1", target="staging")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("value", ["$(touch made)", "`touch made`", '"; touch made; "', "--help"])
def test_no_input_of_the_component_is_a_command(job: Job, value: str) -> None:
    job.without_the_suite()
    for given in ({"url": value}, {"options": value}, {"package": value}, {"out": value}):
        included(job, **{"package": "suite==1", **given})
        assert not list(job.folder.rglob("made"))


# What is told of them.


def scripts() -> Iterator[str]:
    yield from (step["run"] for step in loaded(ACTION)["runs"]["steps"] if "run" in step)
    for job in loaded(WORKFLOW)["jobs"]:
        yield from (step["run"] for step in steps(job))
    (job,) = loaded(COMPONENT).values()
    yield from job["script"]


def test_no_script_has_anything_put_into_it() -> None:
    for script in scripts():
        assert "${{" not in script
        assert "$[[" not in script


def test_the_documents_examples_name_inputs_that_there_are() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    github, gitlab = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    given = github["jobs"]["conformance"]["steps"][1]["with"]
    assert set(given) <= set(loaded(ACTION)["inputs"])
    spec = next(yaml.safe_load_all(COMPONENT.read_text(encoding="utf-8")))["spec"]["inputs"]
    (component,) = gitlab["include"]
    required = {name for name, each in spec.items() if "default" not in each}
    assert required <= set(component["inputs"]) <= set(spec)


def test_the_documents_tables_tell_every_input() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for section, path in (("## GitHub", ACTION), ("## GitLab", COMPONENT)):
        table = text.partition(section)[2].partition("\n### ")[0].partition("\n## ")[0]
        cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
        told = {name for cell in cells for name in re.findall(r"`([a-z-]+)`", cell)}
        first = next(iter(yaml.safe_load_all(path.read_text(encoding="utf-8"))))
        assert told == set(first.get("inputs") or first["spec"]["inputs"])
