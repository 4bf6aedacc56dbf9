"""`fromnoise serve` with several web processes: faults end it, killed ones come back, limits hold for all."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.engine.supervisor import free_port
from app.settings import COUNTED, Settings
from tests.real_server import RealServer, real_server
from tests.tiny_model import write_tiny_model
from tests.web.small_course import COURSE, LESSON

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("web processes")]

LIMITS = {
    "RUNS_PER_MINUTE": "5",
    "ANONYMOUS_RUNS_PER_MINUTE": "100",
    "STREAMS_PER_LEARNER": "4",
    "ANSWERS_PER_MINUTE": "6",
    "FILES_PER_MINUTE": "6",
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("two"), models, WORKERS="2", **LIMITS) as server:
        server.wait_until(lambda: len(server.web_processes) == 2)
        yield server


# Faults at the start


def faulty_lesson(folder: Path, environment: dict[str, str]) -> None:
    (folder / "lessons" / "01-colours" / "lesson.md").write_text(LESSON.replace("minutes = 7", "minutes = 0"))


def faulty_quiz(folder: Path, environment: dict[str, str]) -> None:
    (folder / "lessons" / "01-colours" / "quiz.toml").write_text("[[question]")


def faulty_card(folder: Path, environment: dict[str, str]) -> None:
    models = folder / "broken"
    (models / "tiny").mkdir(parents=True)
    (models / "tiny" / "card.md").write_text("no head")
    environment["MODELS"] = str(models)


def records_in_a_folder(folder: Path, environment: dict[str, str]) -> None:
    (folder / "taken").mkdir()
    environment["DATABASE_URL"] = f"sqlite:///{folder / 'taken'}"


FAULTS = [
    pytest.param(faulty_lesson, "minutes", id="lesson"),
    pytest.param(faulty_quiz, "quiz.toml", id="quiz", marks=pytest.mark.soak),
    pytest.param(faulty_card, "card.md", id="card", marks=pytest.mark.soak),
    pytest.param(records_in_a_folder, "taken", id="records"),
]


Fault = Callable[[Path, dict[str, str]], None]


def ended(server: RealServer) -> RealServer:
    try:
        server.process.wait(timeout=90)
    finally:
        server.kill()
    return server


def begun(folder: Path, models: Path, fault: Fault, workers: str) -> RealServer:
    lesson = folder / "lessons" / "01-colours"
    lesson.mkdir(parents=True)
    (lesson / "lesson.md").write_text(LESSON)
    (lesson / "quiz.toml").write_text("".join(COURSE))
    environment = os.environ | {
        "PORT": str(free_port()),
        "LESSONS": str(folder / "lessons"),
        "MODELS": str(models),
        "DATABASE_URL": f"sqlite:///{folder / 'records.sqlite3'}",
        "XDG_DATA_HOME": str(folder),
        "WORKERS": workers,
    }
    fault(folder, environment)
    server = RealServer(int(environment["PORT"]), environment, folder / f"log-{workers}")
    server.start()
    return server


@pytest.mark.parametrize(("fault", "told"), FAULTS)
def test_a_fault_at_the_start_ends_it_and_is_told_once(
    tmp_path: Path, models: Path, fault: Fault, told: str
) -> None:
    server = ended(begun(tmp_path, models, fault, "2"))
    assert server.process.returncode > 0
    assert told in server.said
    assert "starting it again" not in server.said
    if fault is not records_in_a_folder:
        assert "Traceback" not in server.said
        assert server.said.count("fromnoise: ") == 1, "however many processes there are"


@pytest.mark.soak
@pytest.mark.parametrize(("fault", "told"), FAULTS)
def test_its_status_is_the_one_that_a_single_process_has(
    tmp_path: Path, models: Path, fault: Fault, told: str
) -> None:
    both = [ended(begun(tmp_path / workers, models, fault, workers)) for workers in ("1", "2")]
    assert both[0].process.returncode == both[1].process.returncode > 0
    assert all(told in one.said for one in both)


# Killed processes


def test_killed_ones_come_back_and_the_others_answer_meanwhile(server: RealServer) -> None:
    first, second = server.web_processes
    first.kill()
    psutil.wait_procs([first], timeout=10)
    with contextlib.suppress(OSError, http.client.HTTPException):  # what it had accepted is gone
        server.ask("GET", "/healthz")
    assert all(server.answers("/healthz") for _ in range(10))
    server.wait_until(lambda: len(server.web_processes) == 2 and first.pid not in pids(server))
    second.kill()
    server.wait_until(lambda: len(server.web_processes) == 2 and second.pid not in pids(server))
    for one in server.web_processes:
        one.kill()
    before = pids(server)
    server.wait_until(lambda: len(server.web_processes) == 2 and not before & pids(server))
    server.wait_until_ready()


def pids(server: RealServer) -> set[int]:
    return {process.pid for process in server.web_processes}


def test_a_killed_parent_leaves_nobody_behind(tmp_path: Path, models: Path) -> None:
    with real_server(tmp_path, models, WORKERS="2") as server:
        server.wait_until(lambda: len(server.web_processes) == 2)
        family = [*server.web_processes, server.engine]
        socket = Path(next(part for part in server.engine.cmdline() if part.endswith("/engine")))
        server.process.kill()
        server.process.wait()
        assert psutil.wait_procs(family, timeout=20)[1] == []
        assert not socket.parent.exists()


# Limits


class Browser:
    """A client with a cookie that opens a connection for each request."""

    def __init__(self, server: RealServer) -> None:
        self.port = server.port
        self.cookie = ""
        self.open: list[http.client.HTTPConnection] = []
        self.ask("GET", "/lessons/colours/practice")
        assert self.cookie

    def ask(self, method: str, path: str, body: object = None, *, stays: bool = False) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"content-type": "application/json", "cookie": self.cookie}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        if cookie := answer.getheader("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        if stays and answer.status == 200:
            self.open.append(connection)
            return answer.status, b""
        with contextlib.closing(connection):
            return answer.status, answer.read()

    def close(self) -> None:
        for connection in self.open:
            connection.close()


def test_runs_of_a_minute_are_counted_for_all_processes_together(server: RealServer) -> None:
    browser = Browser(server)
    statuses = [browser.ask("POST", "/api/runs", {"model": "tiny", "seed": n})[0] for n in range(20)]
    assert (statuses.count(201), statuses.count(429)) == (5, 15)


def test_answers_files_and_streams_are_no_more_than_one_process_would_allow(server: RealServer) -> None:
    browser = Browser(server)
    (question, *_) = json.loads(browser.ask("GET", "/api/lessons")[1])[0]["questions"]
    option = json.loads(browser.ask("GET", f"/api/questions/{question}")[1])["options"][0]["id"]
    answers = [
        browser.ask(
            "POST", f"/api/questions/{question}/answers", {"options": [option], "attempt": f"attempt-{n:016}"}
        )[0]
        for n in range(24)
    ]
    assert 3 <= answers.count(200) <= 6
    assert answers.count(429) == 24 - answers.count(200)

    _, started = browser.ask("POST", "/api/runs", {"model": "tiny", "steps": 1000, "count": 3, "seed": 77})
    run = json.loads(started)["id"]
    streams = [browser.ask("GET", f"/api/runs/{run}/frames", stays=True)[0] for _ in range(16)]
    browser.close()
    assert 2 <= streams.count(200) <= 4
    time.sleep(0.5)
    _, started = browser.ask("POST", "/api/runs", {"model": "tiny", "steps": 2})
    run = json.loads(started)["id"]
    files = [browser.ask("GET", f"/api/runs/{run}/image.png")[0] for _ in range(24)]
    assert 3 <= files.count(200) <= 6
    assert files.count(429) == 24 - files.count(200)


@pytest.mark.parametrize("workers", [1, 2, 3, 64])
def test_what_a_process_counts_by_itself_is_its_share(workers: int) -> None:
    settings = Settings(workers=workers)
    shared = settings.shared()
    for name in COUNTED:
        whole, share = getattr(settings, name), getattr(shared, name)
        assert whole <= share * workers < whole + workers
    assert shared.runs_per_minute == settings.runs_per_minute
