"""What leaves the checkout: the wheel, the container's recipe, and the scripts that set a machine up."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]

SERVE_ONCE = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
import app
from app.main import create_app
from app.settings import Settings
with TestClient(create_app(Settings()), base_url="http://localhost") as client:
    lesson = client.get("/api/lessons").json()[0]["slug"]
    pages = ["/", f"/lessons/{lesson}", f"/lessons/{lesson}/practice", "/static/tokens.css", "/healthz"]
    pages.append("/code/app/diffusion/schedules.py")
    statuses = {page: client.get(page).status_code for page in pages}
folders = [str(getattr(Settings(), name)) for name in ("lessons", "models")]
print(json.dumps({"app": app.__file__, "folders": folders, "statuses": statuses}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
@pytest.mark.parametrize("name", ["templates", "static", "lessons", "models"])
def test_the_wheel_carries_every_file_that_the_app_reads(wheel: Path, name: str) -> None:
    assert FOLDERS[name] == f"app/_files/{name}"
    with zipfile.ZipFile(wheel) as archive:
        packed = {entry for entry in archive.namelist() if entry.startswith(f"app/_files/{name}/")}
    assert packed
    assert packed == {f"app/_files/{name}/{path}" for path in files_below(ROOT / name)}


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_wheel_carries_the_package_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {entry.partition("/")[0] for entry in archive.namelist()}
    version = PROJECT["project"]["version"]
    assert tops == {"app", f"fromnoise-{version}.dist-info"}


@pytest.mark.slow
@pytest.mark.xdist_group("wheel")
def test_the_app_serves_from_an_unpacked_wheel(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # What other packages may leave beside ours must not be taken for ours.
    (site / "lessons").mkdir()
    environment = {
        name: value for name, value in os.environ.items() if name not in ("LESSONS", "MODELS", "ENGINE_URL")
    }
    environment |= {"PYTHONPATH": str(site), "DATABASE_URL": f"sqlite:///{tmp_path}/records.sqlite3"}
    run = subprocess.run(
        [sys.executable, "-c", SERVE_ONCE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["app"] == str(site / "app" / "__init__.py")
    assert found["folders"] == [str(site / "app" / "_files" / name) for name in ("lessons", "models")]
    assert set(found["statuses"].values()) == {200}, found["statuses"]


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile."""

    word: str
    rest: str


def steps_of(text: str) -> list[Step]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines()]


@pytest.fixture(scope="module")
def recipe() -> list[Step]:
    return steps_of((ROOT / "Dockerfile").read_text())


def last_stage(recipe: list[Step]) -> list[Step]:
    begins = max(number for number, step in enumerate(recipe) if step.word == "FROM")
    return recipe[begins:]


def test_every_stage_has_a_name_and_copies_come_from_stages_before(recipe: list[Step]) -> None:
    names: list[str] = []
    for step in recipe:
        if step.word == "FROM":
            stage = re.search(r" AS (\w+)$", step.rest)
            assert stage, step
            names.append(stage[1])
        elif step.word == "COPY" and step.rest.startswith("--from="):
            assert step.rest.removeprefix("--from=").split()[0] in names[:-1]
    assert len(set(names)) == len(names) >= 2


def test_what_the_image_copies_is_here_and_is_sent_to_the_builder(recipe: list[Step]) -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    for step in recipe:
        if step.word == "COPY" and not step.rest.startswith("--"):
            for source in step.rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source.partition('/')[0]}" in ignored, source


def test_the_image_has_every_folder_that_the_wheel_has(recipe: list[Step]) -> None:
    copied = {step.rest for step in recipe if step.word == "COPY"}
    assert {f"{folder} {folder}" for folder in ("app", *FOLDERS)} <= copied


def test_the_image_installs_as_make_run_does(recipe: list[Step]) -> None:
    installs = [step.rest for step in recipe if step.word == "RUN" and "make install" in step.rest]
    assert len(installs) == 1
    assert 'DEVICE="$DEVICE"' in installs[0]
    rules = (ROOT / "Makefile").read_text()
    needed = [re.search(rf"^{target}:(.*)$", rules, re.MULTILINE) for target in ("install", "run")]
    assert [rule and rule[1].split() for rule in needed] == [[".venv/ready"], [".venv/ready"]]


def test_the_container_serves_as_an_ordinary_user(recipe: list[Step]) -> None:
    words = [step.word for step in last_stage(recipe)]
    (user,) = [step.rest for step in last_stage(recipe) if step.word == "USER"]
    assert user not in ("root", "0")
    assert words.index("USER") < words.index("CMD")
    (start,) = [json.loads(step.rest) for step in last_stage(recipe) if step.word == "CMD"]
    assert start == [".venv/bin/fromnoise", "serve"]
    assert "fromnoise" in PROJECT["project"]["scripts"]


def test_the_health_check_is_a_python_program_that_asks_healthz(recipe: list[Step]) -> None:
    (check,) = [step.rest for step in last_stage(recipe) if step.word == "HEALTHCHECK"]
    python, flag, program = json.loads(check.partition(" CMD ")[2])
    assert (python, flag) == (".venv/bin/python", "-c")
    assert "/healthz" in program
    compile(program, "healthcheck", "exec")


@pytest.mark.parametrize("script", [".ci/run", "tests/browser/ensure_chromium.sh"])
def test_scripts_can_be_run_and_are_well_formed(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True, timeout=10)


def script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@dataclass(frozen=True)
class BareMachine:
    """A machine with no browser: all that is on its path lies in one folder, scripts of ours among it."""

    programs: Path
    python: Path

    def ensure(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(ROOT / "tests/browser/ensure_chromium.sh"), str(self.python)],
            env={"PATH": str(self.programs)} | environment,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[BareMachine]:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("sh", "env", "id", "cat", "chmod"):
        (programs / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    script(programs / "sudo", 'exec "$@"')
    script(tmp_path / "python", "exit 1")
    yield BareMachine(programs, tmp_path / "python")


def test_a_browser_that_is_there_is_used(bare: BareMachine) -> None:
    script(bare.programs / "chromium-browser", "echo Chromium 1")
    outcome = bare.ensure()
    assert outcome.returncode == 0
    assert outcome.stdout == f"Browser for the tests: {bare.programs}/chromium-browser\n"


def test_a_named_browser_goes_before_those_on_the_path(bare: BareMachine, tmp_path: Path) -> None:
    script(bare.programs / "chromium", "echo Chromium 1")
    script(tmp_path / "mine", "echo Chromium 2")
    outcome = bare.ensure(CHROMIUM=str(tmp_path / "mine"))
    assert outcome.stdout == f"Browser for the tests: {tmp_path}/mine\n"


def test_a_named_browser_that_does_not_run_is_an_error(bare: BareMachine) -> None:
    script(bare.programs / "chromium", "echo Chromium 1")
    outcome = bare.ensure(CHROMIUM="/nowhere/chrome")
    assert outcome.returncode == 1
    assert "/nowhere/chrome" in outcome.stderr


def test_where_there_is_none_the_package_manager_installs_one(bare: BareMachine) -> None:
    made = bare.programs / "chromium"
    body = f"printf '#!/bin/sh\\necho Chromium 1\\n' > {made}\nchmod +x {made}"
    script(bare.programs / "apt-get", f'[ "$1" = install ] || exit 0\necho "$*" >&2\n{body}')
    outcome = bare.ensure()
    assert outcome.returncode == 0
    assert "installing one with apt-get" in outcome.stdout
    assert "--no-install-recommends" in outcome.stderr
    assert outcome.stdout.endswith(f"Browser for the tests: {made}\n")


def test_where_the_package_manager_fails_playwright_installs_one(bare: BareMachine) -> None:
    script(bare.programs / "apt-get", "exit 100")
    own = bare.python.with_name("own")
    body = f"if [ \"$1\" = -m ]; then printf '#!/bin/sh\\n' > {own}; chmod +x {own}; else echo {own}; fi"
    script(bare.python, body)
    outcome = bare.ensure()
    assert outcome.returncode == 0
    assert outcome.stdout.endswith(f"Browser for the tests: {own}\n")


def test_where_none_can_be_had_it_fails_and_says_what_to_do(bare: BareMachine) -> None:
    outcome = bare.ensure()
    assert outcome.returncode == 1
    assert "CHROMIUM=" in outcome.stderr
