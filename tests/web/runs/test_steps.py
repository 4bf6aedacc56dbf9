"""A step taken apart over HTTP, down to a real engine: the numbers are the run's own."""

from __future__ import annotations

import httpx2
import pytest
from starlette.testclient import TestClient

from app.engine.client import EngineClient
from app.engine.core import Core
from app.engine.models import Models
from app.engine.server import create_engine_app
from app.rates import Rate
from app.web.runs import steps
from tests.web.fake_engine import app_for, start
from tests.web.services import change_services


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve runs by an engine that shares the loop of the web process."""
    import torch

    from tests.tiny_model import write_tiny_model

    folder = tmp_path_factory.mktemp("models")
    write_tiny_model(folder)
    core = Core(Models(folder, torch.device("cpu"), threads=1))
    transport = httpx2.ASGITransport(create_engine_app(core, "secret", "a test"))
    app = app_for(EngineClient("http://engine", "secret", transport))
    app.include_router(steps.router)
    with TestClient(app, base_url="http://localhost") as client:
        assert client.portal is not None
        client.portal.call(_start, core)
        yield client
        core.stop()


async def _start(core):
    core.start()


def ended(client, **settings):
    """Start a run and wait for its end."""
    run_id = start(client, **settings).json()["id"]
    with client.stream("GET", f"/api/runs/{run_id}/frames") as stream:
        assert any("event: done" in line for line in stream.iter_lines())
    return run_id


def test_a_step_is_told_with_its_row_and_the_function_that_gave_it(served):
    run_id = ended(served, sampler="heun", steps=3, seed=2)
    answer = served.get(f"/api/runs/{run_id}/steps/1", params={"x": 3, "y": 4})
    told = answer.json()
    assert answer.status_code == 200
    assert told["function"] == "app.diffusion.samplers.heun.heun"
    assert (told["step"], told["steps"], len(told["calls"])) == (1, 3, 2)
    assert all(call["agrees"] for call in told["calls"])
    assert told["calls"][1]["row"]["start"] != 0.0
    assert len(served.get(f"/api/runs/{run_id}/steps/2").json()["calls"]) == 1


@pytest.mark.parametrize(
    ("path", "field", "status"),
    [
        ("/steps/3", "step", 422),
        ("/steps/-1", "step", 422),
        ("/steps/x", "step", 422),
        ("/steps/99999999999", "step", 422),
        ("/steps/0?picture=1", "picture", 422),
        ("/steps/0?x=8", "x", 422),
        ("/steps/0?y=-1", "y", 422),
        ("/steps/0?x=1e3", "x", 422),
        ("/steps/0?x=9223372036854775808", "x", 422),
    ],
)
def test_what_is_no_step_or_pixel_is_refused_with_its_name(served, path, field, status):
    run_id = ended(served, steps=3)
    answer = served.get(f"/api/runs/{run_id}{path}")
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)


@pytest.mark.parametrize("run_id", ["0" * 24, "nothing", "..%2Fstatus"])
def test_a_run_that_is_gone_is_a_404(served, run_id):
    assert served.get(f"/api/runs/{run_id}/steps/0").status_code == 404


def test_a_step_that_is_still_to_come_is_a_conflict(served):
    run_id = start(served, steps=1000, sampler="ddpm", seed=77).json()["id"]
    answer = served.get(f"/api/runs/{run_id}/steps/999")
    assert answer.status_code == 409
    assert "not been computed yet" in answer.json()["error"]["message"]


def test_what_is_asked_too_often_is_refused_for_the_minute(served):
    run_id = ended(served, steps=2)
    services = served.app.state.services
    served.cookies.clear()
    change_services(served.app, step_rate=Rate("steps worked out", 1, 2))
    try:
        answers = [served.get(f"/api/runs/{run_id}/steps/0") for _ in range(3)]
    finally:
        change_services(served.app, step_rate=services.step_rate)
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    assert answers[2].status_code in (429, 503)
    assert "steps worked out a minute" in answers[2].json()["error"]["message"]
    assert int(answers[2].headers["retry-after"]) >= 1
