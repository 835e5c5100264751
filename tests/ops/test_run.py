"""`./run`, driven with stand-ins for Python, npm and apt: what it does once, what again, what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

# Each stand-in writes its command line down. The one for Python also makes the folder of an environment.
STAND_INS = {
    "python3.13": """
case "$*" in
  '-m venv .venv')
    mkdir -p .venv/bin
    echo "VIRTUAL_ENV=$PWD/.venv" >.venv/bin/activate
    cp "$STAND_INS/python3.13" .venv/bin/python ;;
  *service.web.assets*) mkdir -p service/web/static/vendor ;;
esac
""",
    "npm": 'case "$1" in --version) echo 9.2.0 ;; ci) rm -rf node_modules; mkdir node_modules ;; esac',
    "dpkg-query": 'case " $ABSENT " in *" $4 "*) ;; *) printf installed ;; esac',
    "apt-cache": 'case " $UNKNOWN " in *" $2 "*) ;; *) echo "Version: 1" ;; esac',
    "apt-get": "",
    "sudo": 'if [ -n "${SUDO_WORKS:-}" ]; then shift; "$@"; else exit 1; fi',
    "id": 'echo "${WHO:-0}"',
    "chromium": "",
}
_SHELL = "chromium-headless-shell"
# And these are the system's own: nothing else of it is found, whatever is installed here.
REAL = ("basename", "cat", "cksum", "cp", "cut", "dirname", "env", "grep", "mkdir", "rm", "sed")


class Project:
    """A folder with `run`, the files it looks at, and the stand-ins."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder, self.log = folder / "project", folder / "log"
        self.stand_ins = folder / "bin"
        (self.folder / "service/web").mkdir(parents=True)
        self.stand_ins.mkdir()
        self.log.touch()
        shutil.copy(root / "run", self.folder)
        for name in ("requirements.lock", "requirements-test.lock", "package.json", "package-lock.json"):
            (self.folder / name).write_text(name)
        (self.folder / "service/web/assets.py").touch()
        for name in REAL:
            (self.stand_ins / name).symlink_to(str(shutil.which(name)))
        for name, body in STAND_INS.items():
            script = self.stand_ins / name
            script.write_text(f'#!/bin/sh\necho "{name} $*" >>"$LOG"\n{body}\n')
            script.chmod(0o755)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": str(self.stand_ins),
            "LOG": str(self.log),
            "STAND_INS": str(self.stand_ins),
            "HOME": str(self.folder.parent),
            **environment,
        }
        return subprocess.run(
            [self.folder / "run", *words],
            env=variables,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def did(self, fragment: str) -> int:
        """How many commands so far had the fragment in them."""
        return sum(fragment in line for line in self.log.read_text().splitlines())


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    return Project(root, tmp_path)


def test_the_shell_accepts_it(root: Path) -> None:
    subprocess.run(["sh", "-n", "run"], cwd=root, check=True)
    subprocess.run(["bash", "-n", ".ci/run"], cwd=root, check=True)
    assert os.access(root / "run", os.X_OK)


def test_help_names_every_command(root: Path, project: Project) -> None:
    text = project.run("help").stdout
    cases = (root / "run").read_text().rpartition("case $command in")[2]
    commands = {line.split(")")[0].strip() for line in cases.splitlines() if line.endswith(";;")}
    for command in commands - {"help | -h | --help", "*"}:
        assert f"./run {command} " in text
    assert project.run("nonsense").returncode == 1


def test_set_up_again_does_nothing(project: Project) -> None:
    assert project.run("setup").returncode == 0
    assert (project.did("pip install"), project.did("npm ci"), project.did("-m venv")) == (1, 1, 1)
    again = project.run("setup")
    assert (again.returncode, again.stderr) == (0, "")
    assert (project.did("pip install"), project.did("npm ci"), project.did("-m venv")) == (1, 1, 1)


def test_set_up_for_tests_covers_serving(project: Project) -> None:
    assert project.run("setup-test").returncode == 0
    assert project.run("setup").stderr == ""
    assert (project.did("-r requirements-test.lock"), project.did("-r requirements.lock")) == (1, 0)
    assert (project.did("npm ci"), project.did("--omit=dev")) == (1, 0)


@pytest.mark.parametrize(
    ("changed", "repeated"),
    [
        ("requirements.lock", {"pip install"}),
        ("package-lock.json", {"npm ci", "service.web.assets"}),
        ("service/web/assets.py", {"npm ci", "service.web.assets"}),
    ],
)
def test_a_changed_file_repeats_its_step_and_no_other(
    project: Project, changed: str, repeated: set[str]
) -> None:
    project.run("setup")
    (project.folder / changed).write_text("changed")
    assert project.run("setup").returncode == 0
    steps = ("-m venv", "pip install", "npm ci", "service.web.assets")
    assert {step for step in steps if project.did(step) == 2} == repeated
    assert all(project.did(step) in {1, 2} for step in steps)


def test_a_step_that_failed_is_tried_again(project: Project) -> None:
    npm = project.stand_ins / "npm"
    whole = npm.read_text()
    npm.write_text(f"{whole}\ncase $1 in ci) exit 1 ;; esac\n")
    assert project.run("setup").returncode != 0
    npm.write_text(whole)
    assert project.run("setup").returncode == 0
    assert project.did("npm ci") == 2


def test_a_project_that_was_moved_gets_a_new_environment(project: Project) -> None:
    project.run("setup")
    project.folder = project.folder.rename(project.folder.with_name("elsewhere"))
    assert project.run("setup").returncode == 0
    assert project.did("-m venv .venv") == 2
    assert project.did("pip install") == 2


def test_only_missing_system_packages_are_installed(project: Project) -> None:
    assert project.run("setup", ABSENT="fonts-noto-cjk").returncode == 0
    assert project.did("apt-get update") == 1
    assert project.did("apt-get install") == 1
    assert project.did("install -y -qq --no-install-recommends fonts-noto-cjk") == 1


def test_apt_is_left_alone_when_nothing_is_missing(project: Project) -> None:
    project.run("setup")
    assert project.did("apt-get") == 0


def test_who_may_not_install_is_told_what_to_type(project: Project) -> None:
    done = project.run("setup", ABSENT="fonts-noto-cjk", WHO="1000")
    assert done.returncode == 1
    assert "apt-get install fonts-noto-cjk" in done.stderr
    assert project.did("apt-get") == 0


def test_sudo_is_used_by_who_is_not_root(project: Project) -> None:
    assert project.run("setup", ABSENT="fonts-noto-cjk", WHO="1000", SUDO_WORKS="1").returncode == 0
    assert project.did("sudo -n apt-get update") == 1


def test_a_distribution_without_chromium_is_told_and_goes_on(project: Project) -> None:
    (project.stand_ins / "chromium").unlink()
    done = project.run("setup-test", ABSENT=_SHELL, UNKNOWN=f"{_SHELL} chromium")
    assert done.returncode == 0
    assert "snap install chromium" in done.stderr


def test_the_whole_of_chromium_does_where_its_shell_is_unknown(project: Project) -> None:
    (project.stand_ins / "chromium").unlink()
    done = project.run("setup-test", ABSENT=_SHELL, UNKNOWN=_SHELL)
    assert done.returncode == 0
    assert "snap install" not in done.stderr
    assert project.did("apt-get install") == 1
    assert "chromium\n" in project.log.read_text()


def test_an_unusable_python_is_refused(project: Project) -> None:
    done = project.run("setup", PYTHON="/bin/false")
    assert done.returncode == 1
    assert "PYTHON=/bin/false" in done.stderr


def test_the_application_runs_where_it_was_called(project: Project, tmp_path: Path) -> None:
    done = project.run("dibiao", "import", "a.csv")
    assert done.returncode == 0
    assert project.did("python3.13 -P -m service.cli import a.csv") == 1


def test_serving_prepares_and_passes_its_options_on(project: Project) -> None:
    project.run("serve", "--port", "9000")
    assert project.did("-m service.cli serve --prepare --port 9000") == 1


def test_a_failing_group_stops_the_tests_and_is_named(project: Project) -> None:
    project.run("setup-test")
    for tool, status in (("ruff", 0), ("mypy", 3)):
        script = project.folder / ".venv/bin" / tool
        script.write_text(f"#!/bin/sh\nexit {status}\n")
        script.chmod(0o755)
    done = project.run("test")
    assert done.returncode == 3
    assert "FAILED: mypy (exit 3)" in done.stdout
    assert project.did("-m pytest") == 0
