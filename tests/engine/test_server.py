import base64
import json
from dataclasses import asdict

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.engine.core import Core
from app.engine.frame_events import read_frame
from app.engine.run_table import RunTable
from app.engine.server import create_engine_app
from tests.engine.core_scenes import spec

TOKEN = {"authorization": "Bearer secret"}
JSON = {"content-type": "application/json"}


@pytest.fixture
def client(models):
    with TestClient(create_engine_app(Core(models), "secret", "a test"), headers=TOKEN) as client:
        yield client


def start(client, **settings):
    return client.post("/runs", json=asdict(spec(**{"steps": 3} | settings)))


@pytest.mark.parametrize(
    "header", [None, "", "secret", "Bearer", "Bearer wrong", "Bearer secret2", "Bearer ä"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/runs"),
        ("GET", "/runs/x"),
        ("GET", "/runs/x/frames"),
        ("GET", "/runs/x/judged"),
        ("GET", "/runs/x/steps/0"),
        ("DELETE", "/runs/x"),
        ("POST", "/once"),
        ("GET", "/status"),
    ],
)
def test_nobody_gets_in_without_the_token(client, header, method, path):
    client.headers = {} if header is None else {"authorization": header.encode()}
    refused = client.request(method, path)
    assert refused.status_code == 401
    assert "secret" not in refused.text


def test_a_run_is_started_and_streamed(client):
    started = start(client, count=2)
    assert started.status_code == 201
    run_id = started.json()["id"]
    streamed = client.get(f"/runs/{run_id}/frames")
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = [content + b"\n\n" for content in streamed.content.split(b"\n\n") if content]
    frames = [content for content in events if content.startswith(b"id: ")]
    assert [read_frame(content, (1, 8, 8), 2).step for content in frames] == [0, 1, 2, 3]
    assert events[-1].startswith(b"event: done")
    rest = client.get(f"/runs/{run_id}/frames", params={"after": 1})
    assert rest.content == b"".join(events[-3:])


def test_a_run_can_be_described_to_a_process_that_did_not_start_it(client):
    run_id = start(client, seed=3, label="square").json()["id"]
    described = client.get(f"/runs/{run_id}").json()
    assert described["id"] == run_id
    assert described["spec"] == {
        "model": "tiny",
        "seed": 3,
        "label": 1,
        "count": 1,
        "sampler": "ddim",
        "steps": 3,
        "guidance": 2.0,
        "eta": 0.0,
        "grid": "uniform",
        "prompt": "",
        "negative_prompt": "",
        "attention": False,
    }


def changed(**fields):
    """Write a run's JSON with other text in place of some of its fields."""
    written = {name: json.dumps(value) for name, value in asdict(spec(label=1)).items()} | fields
    return ("{" + ", ".join(f'"{name}": {text}' for name, text in written.items()) + "}").encode()


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 5000])
def test_a_body_that_is_no_run_is_a_422_and_starts_nothing(client, body):
    refused = client.post("/runs", content=body, headers=JSON)
    assert refused.status_code == 422
    assert refused.json()["message"]
    assert client.get("/status").json()["runs"] == {}


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("model", ['"none"', "null", "1", '""', '"' + "a" * 65 + '"']),
        ("seed", ["-1", str(2**53), "1.0", "true", '"1"', "null", "1" + "0" * 400]),
        ("label", ["3", "-1", "true", '"round"', "1.0", "10" * 20]),
        ("count", ["0", "17", "true", "null"]),
        ("sampler", ['"none"', '"DDIM"', "null", "[]"]),
        ("steps", ["0", "1001", "true", "4.0", "Infinity"]),
        ("guidance", ["-0.1", "20.1", "NaN", "true", '"2"', "0.0", "-0.0", "1.23456789"]),
        ("eta", ["-0.1", "1.1", "NaN", "true", "-0.0"]),
        ("grid", ['"none"', "null", "1"]),
        ("prompt", ['"sea"', "null", "[]"]),
        ("negative_prompt", ['"sea"', "null"]),
        ("attention", ["true", "1", '"false"', "null"]),
        ("speed", ["1"]),
    ],
)
def test_a_wrong_field_is_a_422_that_names_it_and_starts_nothing(client, field, texts):
    for text in texts:
        refused = client.post("/runs", content=changed(**{field: text}), headers=JSON)
        assert (refused.status_code, refused.json()["field"]) == (422, field), text
        assert refused.json()["message"]
    assert client.get("/status").json()["runs"] == {}


@pytest.mark.parametrize("text", ["1e400", '"\\ud800"'])
def test_what_json_cannot_hold_is_a_422(client, text):
    assert client.post("/runs", content=changed(guidance=text), headers=JSON).status_code == 422


def test_a_run_that_leaves_a_field_open_is_no_finished_run(client):
    for name in ("model", "seed", "count", "sampler", "steps", "guidance", "eta", "grid"):
        body = asdict(spec())
        del body[name]
        refused = client.post("/runs", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, name)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/runs/x"),
        ("GET", "/runs/x/frames"),
        ("GET", "/runs/x/judged"),
        ("GET", "/runs/x/steps/0"),
        ("DELETE", "/runs/x"),
    ],
)
def test_a_run_that_is_not_there_is_a_404(client, method, path):
    assert client.request(method, path).status_code == 404


@pytest.mark.parametrize("after", ["x", "-2", "1.5", "", "1e3", "٣", "9" * 10])
def test_a_wrong_place_to_go_on_from_is_a_422(client, after):
    run_id = start(client).json()["id"]
    refused = client.get(f"/runs/{run_id}/frames", params={"after": after})
    assert (refused.status_code, refused.json()["field"]) == (422, "after")


def test_a_full_engine_is_a_503_that_says_when_to_come_back(models):
    core = Core(models, RunTable(max_live=0))
    with TestClient(create_engine_app(core, "secret", "a test"), headers=TOKEN) as client:
        refused = start(client)
    assert refused.status_code == 503
    assert refused.json()["retry_after_s"] > 0


def test_a_claim_is_given_up(client):
    run_id = start(client).json()["id"]
    assert client.delete(f"/runs/{run_id}").status_code == 204


def test_status_says_device_models_and_how_busy_it_is(client):
    status = client.get("/status").json()
    assert (status["device"], status["notice"]) == ("a test", None)
    assert [(model["name"], model["ready"], model["runtime"]) for model in status["models"]] == [
        ("tiny", True, "eager")
    ]
    assert (status["runs"], status["viewers"], status["network_rows"]) == ({}, 0, 0)


PICTURE = np.arange(64, dtype=np.uint8)


def once(**changes):
    picture = base64.b64encode(PICTURE.tobytes()).decode()
    return {"model": "tiny", "picture": picture, "noise": 0.5, "seed": 1, "label": 2} | changes


def test_a_model_is_called_once_on_a_picture(client):
    answer = client.post("/once", json=once())
    assert answer.status_code == 200
    assert len(base64.b64decode(answer.json()["noisy"])) == 64
    assert len(base64.b64decode(answer.json()["estimate"])) == 64
    v_hat = np.frombuffer(base64.b64decode(answer.json()["v_hat"]), "<f4")
    assert v_hat.shape == (64,)
    assert np.isfinite(v_hat).all()
    assert answer.json()["rms_noisy"] == pytest.approx(0.5, rel=0.3)
    assert client.post("/once", json=once()).json() == answer.json()
    assert client.post("/once", json=once(seed=2)).json() != answer.json()


@pytest.mark.parametrize(
    "changes",
    [
        {"picture": "not base64!"},
        {"picture": "AAAA"},
        {"picture": "A"},
        {"picture": "ä" * 88},
        {"picture": None},
        {"noise": 0.0},
        {"noise": -1.0},
        {"noise": 101.0},
        {"noise": True},
        {"seed": -1},
        {"seed": 2**53},
        {"seed": True},
        {"label": 3},
        {"label": -1},
        {"label": True},
        {"model": "none"},
        {"speed": 1},
    ],
)
def test_a_wrong_experiment_is_a_422(client, changes):
    refused = client.post("/once", json=once(**changes))
    assert refused.status_code == 422
    assert refused.json()["message"]


@pytest.fixture
def both(both_models):
    """Give a client of an engine with a model of classes and one of prompts."""
    with TestClient(create_engine_app(Core(both_models), "secret", "a test"), headers=TOKEN) as client:
        yield client


def once_painted(**changes):
    picture = base64.b64encode(bytes(3 * 8 * 12)).decode()
    return {"model": "painter", "picture": picture, "noise": 0.5, "seed": 1} | changes


def test_a_model_of_prompts_is_called_once_with_a_prompt(both):
    def estimate(**changes):
        answer = both.post("/once", json=once_painted(**changes))
        assert answer.status_code == 200
        return answer.json()["estimate"]

    assert estimate(prompt="sea") == estimate(prompt="Some OCEAN!") != estimate(prompt="night")
    assert estimate() == estimate(prompt="") == estimate(prompt="\N{WHALE}") != estimate(prompt="sea")
    assert len(base64.b64decode(estimate(prompt="sea"))) == 3 * 8 * 12


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (once_painted(label=0), "label"),
        (once_painted(label=0, prompt="sea"), "label"),
        (once_painted(prompt="a" * 501), "prompt"),
        (once_painted(prompt=True), "prompt"),
        (once(prompt="sea", label=None), "prompt"),
        (once(prompt="", label=None), "prompt"),
        (once(label=3), "label"),
        (once(label=10**30), "label"),
    ],
)
def test_the_condition_of_an_experiment_is_of_the_models_kind(both, body, field):
    refused = both.post("/once", json=body)
    assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_a_painting_is_started_described_and_streamed(both):
    settings = {"model": "painter", "prompt": "an ocean", "attention": True, "steps": 2, "guidance": 1.0}
    run_id = both.post("/runs", json=asdict(spec(**settings))).json()["id"]
    described = both.get(f"/runs/{run_id}").json()["spec"]
    assert (described["label"], described["prompt"], described["attention"]) == (None, "a sea", True)
    assert both.get(f"/runs/{run_id}/frames").content.count(b'"attention":"') == 3


@pytest.mark.parametrize("noise", ["NaN", "Infinity", "1e400"])
def test_noise_is_a_number_that_json_has(client, noise):
    body = json.dumps(once(noise=0.123)).replace("0.123", noise)
    assert client.post("/once", content=body, headers=JSON).status_code == 422


def test_the_status_says_why_the_device_is_not_another_one(models):
    app = create_engine_app(Core(models), "secret", "CPU, 1 thread", "there is no GPU that CUDA can use")
    with TestClient(app, headers=TOKEN) as client:
        assert client.get("/status").json()["notice"] == "there is no GPU that CUDA can use"


@pytest.mark.parametrize("step", ["x", "-1", "1.5", "\u0663", "9" * 10])
def test_a_wrong_step_is_a_422(client, step):
    run_id = start(client).json()["id"]
    refused = client.get(f"/runs/{run_id}/steps/{step}")
    assert (refused.status_code, refused.json()["field"]) == (422, "step")


@pytest.mark.parametrize("name", ["picture", "x", "y"])
def test_a_wrong_pixel_is_a_422(client, name):
    run_id = start(client).json()["id"]
    refused = client.get(f"/runs/{run_id}/steps/0", params={name: "-1"})
    assert (refused.status_code, refused.json()["field"]) == (422, name)
