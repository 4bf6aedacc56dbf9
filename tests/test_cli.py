"""The command `fromnoise`: what each command prints and how it ends, faults among it."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import cli
from app.cards import read_card
from app.settings import Settings, files_folder
from app.training import recording
from app.training.recording import Take
from tests.tiny_model import write_judge, write_tiny_model, write_tiny_painter

ROOT = Path(__file__).parent.parent

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with one model, which has learnt nothing."""
    write_tiny_model(tmp_path / "models", classes=("round", "square"))
    return tmp_path / "models"


@pytest.fixture
def fromnoise(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run the command in this process; gives its exit status, its output and its errors."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("MODELS", str(models))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/records.sqlite3")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["fromnoise", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


def test_version_is_the_one_that_pyproject_states(fromnoise: Command) -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert fromnoise("--version") == (0, f"fromnoise {stated}\n", "")


@pytest.mark.slow
def test_help_names_every_command_and_loads_nothing_large() -> None:
    program = (
        "import sys\nfrom app import cli\nsys.argv = ['fromnoise', '--help']\n"
        "try:\n    cli.main()\nfinally:\n    print({'torch', 'fastapi', 'sqlalchemy'} & set(sys.modules))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    ).stdout
    assert printed.endswith("set()\n")
    for name in (
        "serve",
        "check",
        "sample",
        "export",
        "train",
        "evaluate",
        "judge",
        "record",
        "bench",
        "doctor",
    ):
        assert f" {name} " in printed


def test_an_unknown_command_is_a_mistake_of_use(fromnoise: Command) -> None:
    status, _, errors = fromnoise("paint")
    assert status == 2
    assert "paint" in errors


def test_a_setting_that_cannot_be_read_is_one_line(
    fromnoise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "eight")
    status, printed, errors = fromnoise("serve")
    assert (status, printed) == (1, "")
    assert errors.startswith("fromnoise: setting PORT: ")
    assert errors == "fromnoise: setting PORT: must be a whole number; received 'eight'\n"
    assert errors.count("\n") == 1


def test_an_option_is_checked_like_a_setting(fromnoise: Command) -> None:
    status, _, errors = fromnoise("serve", "--port", "70000")
    assert status == 1
    assert errors.startswith("fromnoise: setting PORT: ")


def test_a_port_that_is_taken_is_one_line_and_starts_nothing(fromnoise: Command) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        status, printed, errors = fromnoise("serve", "--port", str(port))
    assert (status, printed) == (1, "")
    assert errors.startswith(f"fromnoise: cannot listen on 127.0.0.1:{port}: ")
    assert f"PORT={port + 1} make run" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "DATABASE_URL is no URL"),
        (
            "postgresql://user:password@host/db",
            "only sqlite:///PATH is supported so far; received postgresql",
        ),
        ("postgresql://host:eight/db", "DATABASE_URL is no URL"),
        ("sqlite+aiosqlite:////tmp/x.sqlite3", "only sqlite:///PATH is supported so far"),
        ("sqlite://", "only sqlite:///PATH"),
        ("sqlite:///", "records need a file"),
        ("sqlite:////proc/nowhere/records.sqlite3", "the records cannot be kept in /proc/nowhere"),
        ("sqlite:////tmp", "the records cannot be kept in /tmp"),
        ("sqlite:////dev/null/x", "the records cannot be kept in /dev/null/x"),
        ("sqlite:////tmp/x.sqlite3?timeout=5", "takes no options after its path"),
    ],
    ids=lambda value: value[:40].replace("/", "_"),
)
def test_a_bad_database_url_is_one_line(
    fromnoise: Command, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    status, printed, errors = fromnoise("serve", "--port", "0")
    assert (status, printed) == (1, "")
    assert errors.startswith("fromnoise: DATABASE_URL")
    assert said in errors
    assert "password" not in errors
    assert errors.count("\n") == 1


def test_a_host_that_is_no_address_is_ignored_with_one_line(
    fromnoise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", "x86_64-conda-linux-gnu")
    monkeypatch.setenv("DATABASE_URL", "nonsense")  # so that it ends
    _, _, errors = fromnoise("serve", "--port", "0")
    first, second = errors.splitlines()
    assert first.startswith("fromnoise: HOST is ignored, since 'x86_64-conda-linux-gnu' is no IP address")
    assert second.startswith("fromnoise: DATABASE_URL")


def test_doctor_names_a_bad_database_url_in_a_line(
    fromnoise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://host:eight/db")
    status, printed, _ = fromnoise("doctor")
    assert status == 1
    assert [line for line in printed.splitlines() if line.startswith("fault")] == [
        "fault records: DATABASE_URL is no URL; for example sqlite:////home/me/records.sqlite3."
    ]


SNOWMAN = "\N{SNOWMAN}"


@pytest.mark.parametrize("page", ["cp1252", "cp437", "ascii", "latin-1"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("serve", "--help"),
        ("check", "--no-computed"),
        ("check", SNOWMAN),
        ("doctor",),
        ("sample", SNOWMAN, "--out", "x.npz"),
        ("export", SNOWMAN, "--print"),
        ("evaluate", SNOWMAN),
        (SNOWMAN,),
    ],
    ids=lambda arguments: "-".join(arguments).replace(SNOWMAN, "snowman").replace("--", ""),
)
def test_another_code_page_is_no_fault(
    fromnoise: Command,
    models: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    page: str,
) -> None:
    lesson = tmp_path / "lessons" / "01-broken"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(f"+++\ntitle = '{SNOWMAN}'\n{SNOWMAN} = 1\n+++\n", encoding="utf-8")
    (models / "tiny").rename(models / SNOWMAN)
    monkeypatch.setenv("LESSONS", str(tmp_path / "lessons"))
    monkeypatch.chdir(tmp_path)
    written = [io.BytesIO(), io.BytesIO()]
    for name, file in zip(("stdout", "stderr"), written, strict=True):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(file, encoding=page, write_through=True))
    fromnoise(*arguments)  # a fault of the encoding would leave as an exception
    said = b"".join(file.getvalue() for file in written).decode(page, "replace")  # click has UTF-8 for ASCII
    assert said.strip()
    assert "Traceback" not in said


@pytest.mark.parametrize("host", ["no such name", "203.0.113.7", "a..b", "xn--\udcff"])
def test_an_address_that_is_not_of_this_machine_is_one_line(fromnoise: Command, host: str) -> None:
    status, printed, errors = fromnoise("serve", "--host", host, "--port", "0")
    assert (status, printed) == (1, "")
    assert errors.startswith("fromnoise: cannot listen on ")
    assert "FROMNOISE_HOST" in errors
    assert errors.count("\n") == 1


def test_sample_writes_pictures_and_labels_that_cycle(fromnoise: Command, tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "pictures.npz"
    status, _, errors = fromnoise("sample", "tiny", "--count", "3", "--seed", "5", "--out", str(out))
    assert (status, errors) == (0, "")
    with np.load(out) as file:
        assert (file["images"].shape, file["images"].dtype) == ((3, 8, 8, 1), np.uint8)
        assert (file["labels"].tolist(), file["labels"].dtype) == ([0, 1, 0], np.int64)


def test_sample_is_decided_by_its_seed(fromnoise: Command, tmp_path: Path) -> None:
    def images(seed: int, name: str) -> np.ndarray:
        command = ("sample", "tiny", "--count", "2", "--seed", str(seed), "--label", "square")
        fromnoise(*command, "--out", str(tmp_path / name))
        with np.load(tmp_path / name) as file:
            assert file["labels"].tolist() == [1, 1]
            return np.array(file["images"])

    first = images(3, "a.npz")
    assert np.array_equal(first, images(3, "b.npz"))
    assert not np.array_equal(first, images(4, "c.npz"))


def test_sample_draws_a_contact_sheet(fromnoise: Command, tmp_path: Path) -> None:
    assert fromnoise("sample", "tiny", "--count", "4", "--out", str(tmp_path / "sheet.png"))[0] == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width >= 2 * 8
        assert sheet.height >= 2 * 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("digits", "--out", "x.npz"), "unknown model 'digits'; allowed: tiny"),
        (("tiny", "--out", "x.jpg"), ".npz or .png"),
        (("tiny", "--out", "x.npz", "--label", "oval"), "allowed: round, square"),
        (("tiny", "--out", "x.npz", "--sampler", "magic"), "unknown sampler 'magic'"),
        (("tiny", "--out", "x.npz", "--prompt", "a dog"), "takes a label, not a prompt"),
    ],
)
def test_sample_says_in_one_line_what_is_wrong(
    fromnoise: Command,
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, _, errors = fromnoise("sample", *arguments)
    assert status == 1
    assert errors.startswith("fromnoise: ")
    assert said in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "x.npz").exists()


def test_sample_refuses_weights_that_are_not_the_cards(fromnoise: Command, models: Path) -> None:
    (models / "tiny" / "model.safetensors").write_bytes(b"something else")
    status, _, errors = fromnoise("sample", "tiny", "--out", "x.npz")
    assert status == 1
    assert "sha256" in errors


def test_check_names_file_and_question_of_a_fault(fromnoise: Command, tmp_path: Path) -> None:
    lesson = tmp_path / "lessons" / "01-broken"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text("+++\ntitle = 'Broken'\n+++\n\nText.\n")
    (lesson / "quiz.toml").write_text("[[question]]\nid = 'q'\nkind = 'several'\n")
    status, printed, _ = fromnoise("check", "--lessons", str(tmp_path / "lessons"))
    assert status == 1
    assert "01-broken/lesson.md:" in printed
    assert "01-broken/quiz.toml:1: q: " in printed


@pytest.mark.soak  # `make check` runs the command itself, and tests/lessons checks the course
def test_check_without_experiments_passes_the_course_that_ships(
    fromnoise: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS", str(files_folder("models")))
    status, printed, _ = fromnoise("check", "--no-computed")
    assert (status, printed.splitlines()[-1]) == (0, "0 errors, 0 warnings")


def test_export_says_what_can_be_exported(fromnoise: Command) -> None:
    status, _, errors = fromnoise("export", "from-noise-to-picture")
    assert status == 1
    assert "--print" in errors
    assert errors.count("\n") == 1


def test_doctor_finds_a_whole_installation_healthy(fromnoise: Command) -> None:
    status, printed, _ = fromnoise("doctor")
    assert status == 0, printed
    assert "ok    model tiny" in printed


def test_doctor_names_what_is_missing(fromnoise: Command, models: Path) -> None:
    (models / "tiny" / "model.safetensors").unlink()
    status, printed, _ = fromnoise("doctor")
    assert status == 1
    (fault,) = [line for line in printed.splitlines() if line.startswith("fault")]
    assert "tiny" in fault


def test_doctor_names_a_judge_that_is_not_the_one_of_the_card(fromnoise: Command, models: Path) -> None:
    judge = write_judge(read_card(models / "tiny"), {"size": ("small", "large")}).judge
    assert fromnoise("doctor")[0] == 0
    judge.write_bytes(b"other")
    status, printed, _ = fromnoise("doctor")
    assert status == 1
    assert "fault model tiny: the judge's weights of tiny are not the ones" in printed


def test_evaluate_takes_a_short_curve_or_none(fromnoise: Command) -> None:
    status, _, errors = fromnoise("evaluate", "painter", "--short-curve", "--no-curve")
    assert status != 0
    assert "give --short-curve or --no-curve, not both" in errors


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a recording for no more than the tiny painter knows."""
    short = partial(Take, prompts=("the red hills", "blue sea"), steps=2)
    monkeypatch.setattr(recording, "Take", short)


@pytest.mark.usefixtures("take")
def test_record_writes_the_home_pages_run_of_the_seed_asked_for(
    fromnoise: Command, models: Path, tmp_path: Path
) -> None:
    write_tiny_painter(models)
    for seed in ("3", "4"):
        status, _, errors = fromnoise("record", "--seed", seed, "--out", str(tmp_path / seed))
        assert (status, errors) == (0, "")
        about = json.loads((tmp_path / seed / "home.json").read_text())
        assert (about["model"], about["seed"], about["columns"]) == ("painter", int(seed), 2)
    first, second = ((tmp_path / seed / "home.png").read_bytes() for seed in ("3", "4"))
    assert first != second


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("dog", "unknown model 'dog'; allowed: painter, tiny"),
        ("tiny", "tiny takes no prompts"),
        ("painter", "painter does not know: house, on, "),
    ],
)
def test_record_says_in_one_line_what_is_wrong(
    fromnoise: Command, models: Path, model: str, said: str, tmp_path: Path
) -> None:
    write_tiny_painter(models)
    status, _, errors = fromnoise("record", model, "--out", str(tmp_path / "recorded"))
    assert status == 1
    assert said in errors
    assert errors.count("\n") == 1
    assert not (tmp_path / "recorded").exists()
