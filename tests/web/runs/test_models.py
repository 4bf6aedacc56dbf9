import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.cards import find_cards
from app.diffusion.samplers.catalogue import SAMPLERS
from app.errors import TryLater
from app.settings import Settings
from app.web.edge.errors import install_error_handlers
from app.web.edge.security import install_guards
from app.web.runs import models
from app.web.runs.models import card_faults
from tests.tiny_model import write_tiny_model, write_tiny_painter
from tests.web.services import serve_with

READY = {"name": "tiny", "ready": True, "fault": None, "runtime": "eager", "max_rows": 64, "rate": 900}


class Engine:
    def __init__(self, answer):
        self.answer = answer

    async def status(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"device": "a test", "models": self.answer}


@pytest.fixture
def folder(tmp_path):
    write_tiny_model(tmp_path)
    return tmp_path


def listed(folder, answer):
    app = FastAPI()
    install_error_handlers(app)
    install_guards(app, Settings())
    app.include_router(models.router)
    cards = find_cards(folder)
    serve_with(app, cards=cards, faults=card_faults(cards), engine=Engine(answer))
    answer = TestClient(app, base_url="http://localhost").get("/api/models")
    assert answer.status_code == 200
    return answer.json()


def test_a_model_is_listed_with_all_that_a_client_needs_to_run_it(folder):
    (model,) = listed(folder, [READY])
    assert (model["name"], model["title"], model["shape"]) == ("tiny", "Tiny", [1, 8, 8])
    assert (model["classes"], model["prompt"]) == (["round", "square", "third"], None)
    assert model["defaults"] == {
        "sampler": "ddim",
        "steps": 4,
        "guidance": 2.0,
        "eta": 0.0,
        "grid": "uniform",
        "count": 1,
        "seed": 0,
        "label": None,
    }
    assert model["grids"] == ["uniform", "log_snr", "rho7", "half_rho7"]
    assert model["limits"] == {
        "seed": 2**53 - 1,
        "count": 16,
        "steps": 1000,
        "image_steps": 3200,
        "guidance": 20,
        "eta": 1,
        "attention_count": 4,
        "prompt_length": 500,
    }
    assert (model["licence"], model["data"], model["data_licence"]) == ("MIT", "none: untrained", "CC0")
    assert (model["device"], model["ready"], model["fault"]) == ("a test", True, None)
    assert (model["rate"], model["runtime"]) == (900, "eager")


def test_a_model_of_prompts_is_listed_with_its_words_and_without_classes(tmp_path):
    write_tiny_painter(tmp_path)
    (model,) = listed(tmp_path, [])
    assert (model["classes"], model["prompt"]["max_words"]) == ([], 24)
    assert model["prompt"]["words"]["time"] == [
        ["dawn", "daybreak", "sunrise"],
        ["day"],
        ["night", "midnight"],
    ]
    assert list(model["prompt"]["words"]) == ["time", "terrain", "colour", "other"]


def test_every_sampler_is_listed_with_what_it_costs(folder):
    samplers = {sampler["name"]: sampler for sampler in listed(folder, [READY])[0]["samplers"]}
    assert set(samplers) == set(SAMPLERS)
    assert samplers["heun"]["calls_per_step"] == samplers["heun_sigma"]["calls_per_step"] == 2
    assert [name for name, sampler in samplers.items() if sampler["uses_eta"]] == ["ddim"]
    assert all(sampler["title"] and sampler["summary"] for sampler in samplers.values())


def test_while_the_engine_is_away_models_are_listed_as_not_ready(folder):
    (model,) = listed(folder, TryLater("waking"))
    assert (model["ready"], model["device"], model["fault"]) == (False, None, None)


def test_a_model_that_the_engine_does_not_know_yet_is_not_ready(folder):
    assert listed(folder, [])[0]["ready"] is False


def test_the_engines_fault_is_passed_on(folder):
    (model,) = listed(folder, [{"name": "tiny", "ready": False, "fault": "corrupt"}])
    assert (model["ready"], model["fault"]) == (False, "corrupt")


def test_missing_and_wrong_weights_are_told_even_without_an_engine(folder):
    write_tiny_model(folder, "other", seed=1)
    (folder / "tiny" / "model.safetensors").unlink()
    (folder / "other" / "model.safetensors").write_bytes(b"something else")
    faults = {model["name"]: model["fault"] for model in listed(folder, TryLater("waking"))}
    assert "missing" in faults["tiny"]
    assert "not the ones its card describes" in faults["other"]
    assert str(folder) not in str(faults)


def test_without_models_the_list_is_empty(tmp_path):
    assert listed(tmp_path, []) == []
