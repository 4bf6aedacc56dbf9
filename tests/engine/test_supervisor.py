"""The engine as a process of its own: real ones, so these are the slowest tests of the engine."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2
import psutil
import pytest

from app.controls.request import RunRequest
from app.engine.admission import Asker
from app.engine.client import EngineClient
from app.engine.reading import read_run
from app.engine.supervisor import (
    DEVICE_LOST,
    GPU_LOST,
    GPU_WITHIN_S,
    Supervisor,
    free_port,
    private_folder,
)
from tests.engine.supervised import AWAKE_S, status, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("supervisor")]


@pytest.fixture(scope="module")
def supervisor(models_folder, tmp_path_factory):
    supervisor = Supervisor(models_folder, tmp_path_factory.mktemp("cache"), eager=True)
    supervisor.start()
    wait_for(lambda: status(supervisor))
    yield supervisor
    supervisor.stop()


def test_an_engine_is_started_and_answers_to_the_token_alone(supervisor):
    answer = status(supervisor)
    assert [(model["name"], model["ready"]) for model in answer["models"]] == [("tiny", True)]
    assert answer["device"]
    with httpx2.Client(transport=httpx2.HTTPTransport(uds=str(supervisor.socket))) as stranger:
        assert stranger.get("http://engine/status").status_code == 401
    command = psutil.Process(supervisor.pid).cmdline()
    assert "app.engine" in command
    assert supervisor.token not in " ".join(command), "a command line can be read by everybody"


def test_a_killed_engine_comes_back_and_viewers_were_told(supervisor, card):
    old = supervisor.pid

    async def watch_while_it_is_killed():
        client = EngineClient(supervisor.url, supervisor.token)
        spec = read_run(RunRequest(model="tiny", steps=1000), card).spec
        relay = client.relay(await client.submit(spec, Asker("a")))
        seen, is_killed = [], False
        async for content in relay.watch():
            seen.append(content)
            if not is_killed and relay.log.frames:
                os.kill(old, signal.SIGKILL)
                is_killed = True
        await client.close()
        assert is_killed
        return seen[-1]

    last = asyncio.run(watch_while_it_is_killed())
    assert last.startswith(b"event: failed")
    wait_for(lambda: status(supervisor))
    assert supervisor.pid != old
    assert not psutil.pid_exists(old)


def test_the_engine_ends_when_its_parent_is_gone(models_folder, tmp_path):
    """The parent is killed, so that it cannot end anything itself: its pipe closes, and that is all."""
    program = (
        "import sys, time; from pathlib import Path; from app.engine.supervisor import Supervisor\n"
        "s = Supervisor(Path(sys.argv[1]), Path(sys.argv[2]), eager=True)\n"
        "s.start(); print(s.pid, flush=True)\n"
        "time.sleep(600)"
    )
    arguments = [sys.executable, "-c", program, str(models_folder), str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        engine = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, alive = psutil.wait_procs([engine], timeout=AWAKE_S)
    assert gone
    assert not alive


def test_stopping_ends_the_engine_even_while_it_starts(models_folder, tmp_path):
    supervisor = Supervisor(models_folder, tmp_path, eager=True)
    supervisor.stop()  # before it was started there is nothing to end
    supervisor = Supervisor(models_folder, tmp_path, eager=True)
    supervisor.start()
    process = psutil.Process(supervisor.pid)
    supervisor.stop()
    assert not process.is_running()
    assert not supervisor._thread.is_alive()


def test_an_engine_that_dies_at_once_is_started_again_more_and_more_slowly(tmp_path, capsys):
    supervisor = Supervisor(tmp_path, tmp_path)
    supervisor._command = [sys.executable, "-c", "raise SystemExit(7)"]
    supervisor.start()
    time.sleep(2.5)
    supervisor.stop()
    told = capsys.readouterr().out
    assert 2 <= told.count("starting it again") <= 5
    assert "7" in told.split("starting it again")[1]


NOTES_HOW_IT_IS_STARTED = """
import sys
with open(sys.argv[1], "a") as file:
    file.write(" ".join(sys.argv[2:]) + "\\n")
raise SystemExit(int(sys.argv[3] != "cpu") * 71)
"""


def test_an_engine_that_loses_its_gpu_again_and_again_is_started_on_the_cpu_with_a_notice(tmp_path, capsys):
    noted = tmp_path / "noted"
    supervisor = Supervisor(tmp_path, tmp_path, device="cuda:1")
    supervisor._command = [sys.executable, "-c", NOTES_HOW_IT_IS_STARTED, str(noted)]
    supervisor.start()
    wait_for(lambda: noted.exists() and noted.read_text().count("\n") >= 4)
    supervisor.stop()
    told = noted.read_text().splitlines()
    assert told[:3] == ["--device cuda:1", "--device cuda:1", "--device cuda:1 --eager"]
    assert told[3].startswith("--device cpu --notice the GPU failed 3 times")
    assert "code=71" in capsys.readouterr().out


def test_losses_of_long_ago_and_other_ends_do_not_count(tmp_path):
    supervisor = Supervisor(tmp_path, tmp_path)
    for now in (0.0, GPU_WITHIN_S - 1):
        supervisor._count_loss(GPU_LOST, now)
    supervisor._count_loss(DEVICE_LOST, GPU_WITHIN_S)
    supervisor._count_loss(-9, GPU_WITHIN_S)
    assert supervisor._on_device() == ["--device", "auto", "--eager"]
    supervisor._count_loss(GPU_LOST, GPU_WITHIN_S + 1)
    assert supervisor._on_device()[:2] == ["--device", "auto"], "the first one is forgotten"
    supervisor._count_loss(GPU_LOST, GPU_WITHIN_S + 2)
    given_up = supervisor._on_device()
    assert given_up[:2] == ["--device", "cpu"]
    supervisor._count_loss(GPU_LOST, 10 * GPU_WITHIN_S)
    assert supervisor._on_device() == given_up, "a GPU that was given up stays so"


def test_a_gpu_that_cannot_be_had_is_told_and_the_engine_answers_from_the_cpu(
    models_folder, tmp_path, monkeypatch
):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    supervisor = Supervisor(models_folder, tmp_path, eager=True, device="cuda")
    supervisor.start()
    answer = wait_for(lambda: status(supervisor))
    supervisor.stop()
    assert answer["device"].startswith("CPU")
    assert answer["notice"].endswith("run on the CPU")


def test_a_device_of_another_name_is_refused(models_folder, tmp_path):
    command = [sys.executable, "-m", "app.engine", "--port", str(free_port()), "--models", str(models_folder)]
    done = subprocess.run(
        [*command, "--cache", str(tmp_path), "--device", "gpu0"],
        env=os.environ | {"ENGINE_TOKEN": "secret"},
        capture_output=True,
        text=True,
        timeout=AWAKE_S,
        check=False,
    )
    assert done.returncode == 2
    assert "--device must be auto, cpu, cuda or cuda:N" in done.stderr


def test_without_a_token_in_the_environment_the_engine_refuses_to_start(models_folder, tmp_path):
    command = [sys.executable, "-m", "app.engine", "--port", str(free_port()), "--models", str(models_folder)]
    environment = {name: value for name, value in os.environ.items() if name != "ENGINE_TOKEN"}
    done = subprocess.run(
        [*command, "--cache", str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=AWAKE_S,
        check=False,
    )
    assert done.returncode == 2
    assert "ENGINE_TOKEN" in done.stderr


def test_the_engine_s_socket_lies_where_no_other_user_can_reach_it(supervisor):
    folder = supervisor.socket.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == os.getuid()
    assert stat.S_ISSOCK(supervisor.socket.stat().st_mode)
    engine = psutil.Process(supervisor.pid)
    assert "--port" not in engine.cmdline()
    assert engine.net_connections("tcp") == [], "there is no port that others could take or connect to"
    assert len(str(supervisor.socket)) < 104


def test_its_folder_goes_with_it_and_with_a_parent_that_is_killed(models_folder, tmp_path):
    supervisor = Supervisor(models_folder, tmp_path, eager=True)
    supervisor.start()
    supervisor.stop()
    assert not supervisor.socket.parent.exists()
    program = (
        "import sys, time; from pathlib import Path; from app.engine.supervisor import Supervisor\n"
        "s = Supervisor(Path(sys.argv[1]), Path(sys.argv[2]), eager=True)\n"
        "s.start(); print(s.socket, flush=True)\n"
        "time.sleep(600)"
    )
    arguments = [sys.executable, "-c", program, str(models_folder), str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        socket = Path(parent.stdout.readline().decode().strip())
        wait_for(socket.exists)
        parent.kill()
    wait_for(lambda: not socket.parent.exists())


def test_a_very_long_folder_for_temporary_files_is_left_aside(monkeypatch, tmp_path):
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    folder = private_folder()
    assert len(str(folder)) < 90
    assert list(deep.iterdir()) == []
    folder.rmdir()
