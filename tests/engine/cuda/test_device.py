"""What a real GPU answers: its choice, its faults, and an engine that runs on it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time

import pytest
import torch

from app.engine.admission import Asker
from app.engine.client import EngineClient
from app.engine.devices import choose
from app.engine.faults import Fault, kind_of
from app.engine.models import Models
from app.engine.runtime.sizes import SIZES
from app.engine.supervisor import Supervisor
from tests.engine.supervised import status, wait_for
from tests.engine.test_models_on_device import OnDevice

READY_S = 240.0

ASSERTS = """
import torch
from app.engine.faults import kind_of
places = torch.tensor([5], device="cuda")
try:
    torch.zeros(3, device="cuda")[places].sum().item()
except Exception as error:
    print(kind_of(error).name)
try:
    torch.zeros(3, device="cuda").sum().item()
except Exception as error:
    print(kind_of(error).name)
"""


def test_it_is_chosen_and_one_that_is_not_there_is_said() -> None:
    assert choose("auto", environment={}).device.type == "cuda"
    assert choose("auto", environment={}).notice is None
    assert "there is no GPU cuda:99" in (choose("cuda:99", environment={}).notice or "")


def test_its_want_of_memory_is_told_from_the_error(gpu: torch.device) -> None:
    total = torch.cuda.get_device_properties(gpu).total_memory
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2 * total, dtype=torch.uint8, device=gpu)
    assert kind_of(raised.value) is Fault.MEMORY


def test_its_loss_is_told_from_the_errors_of_this_call_and_of_all_that_follow() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASSERTS], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split() == ["DEVICE", "DEVICE"], done.stderr


def test_models_are_made_ready_within_a_minute_and_say_how_they_run(both_models, gpu, note):
    models = Models(both_models.get("tiny").file.folder.parent, gpu, threads=1)
    began = time.monotonic()
    models._ready_all(OnDevice())
    note("seconds until both are ready", time.monotonic() - began)
    for report in models.report():
        assert report["runtime"] in ("cuda-graphs", "cuda", "eager")
        note(f"{report['name']}: rows of a call", report["max_rows"])
        note(f"{report['name']}: rows a second", report["rate"])
    assert models.get("tiny").max_rows in (*SIZES, 8)


def test_where_its_memory_is_small_the_sizes_that_fit_are_kept(both_models, gpu, note, capsys):
    models = Models(both_models.get("tiny").file.folder.parent, gpu, threads=1)
    total = torch.cuda.get_device_properties(gpu).total_memory
    torch.cuda.empty_cache()
    few = (torch.cuda.memory_reserved(gpu) + 24 * 2**20) / total
    torch.cuda.set_per_process_memory_fraction(few, gpu)
    try:
        models._ready_all(OnDevice())
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, gpu)
    note("rows of a call", models.get("tiny").max_rows)
    capsys.readouterr()


def test_an_engine_runs_on_it_at_once_and_on_graphs_later(models_folder, tmp_path, spec_of, note):
    supervisor = Supervisor(models_folder, tmp_path, device="cuda")
    began = time.monotonic()
    supervisor.start()
    try:
        report = wait_for(lambda: status(supervisor))
        note("seconds until it answers", time.monotonic() - began)
        assert report["notice"] is None
        assert report["device"] == torch.cuda.get_device_name(0)
        assert asyncio.run(watched(supervisor, spec_of(steps=20, seed=1)))[-1].startswith(b"event: done")
        wait_for(lambda: is_ready(supervisor), READY_S)
        note("seconds until it is ready", time.monotonic() - began)
        for seed in range(3):
            last = asyncio.run(watched(supervisor, spec_of(steps=50, seed=seed, count=4)))[-1]
            assert last.startswith(b"event: done")
    finally:
        supervisor.stop()


def is_ready(supervisor):
    return any(model["runtime"] != "eager" for model in (status(supervisor) or {"models": []})["models"])


async def watched(supervisor, spec):
    client = EngineClient(supervisor.url, supervisor.token)
    try:
        relay = client.relay(await client.submit(spec, Asker("a")))
        async with contextlib.aclosing(relay.watch()) as events:
            return [content async for content in events]
    finally:
        await client.close()
