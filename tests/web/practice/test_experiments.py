from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from app.course.question import opaque_id
from app.engine.frame_events import frame_event
from app.errors import TryLater
from app.questions.catalogue import load_catalogue
from tests.web.fake_engine import CARDS, FakeEngine
from tests.web.services import change_services
from tests.web.small_course import Site, question

RUN = """
[question.experiment]
kind = "run"
model = "tiny"
label = "round"
seed = 3
count = {count}
steps = {steps}
"""
CLAIM = """
[[question.experiment.claims]]
measure = "{measure}"
above = -1.0
"""
HTMX = {"hx-request": "true"}
SHAPE = (1, 8, 8)


class Relay:
    """A run of which each picture is made of its own seed, place and number of steps, and of nothing else."""

    def __init__(self, spec, fault):
        self.spec = spec
        self._fault = fault

    async def finished(self):
        if self._fault:
            raise self._fault
        pictures = [
            np.random.default_rng([self.spec.seed, index, self.spec.steps]).integers(0, 256, (8, 8, 1))
            for index in range(self.spec.count)
        ]
        pane = np.stack(pictures).astype(np.uint8).tobytes()
        return [frame_event(self.spec.steps, b'{"step":%d' % self.spec.steps, (pane, pane, pane))]


class Engine(FakeEngine):
    """Draws every run at once, and calls a model once on request."""

    def __init__(self):
        super().__init__()
        self.given = []  # pictures that the model was called on

    async def submit(self, spec, asker, replaces=None):
        self.asked.append((spec, self.count(asker, replaces)))
        run_id = spec.run_id("weights")
        self.runs[run_id] = Relay(spec, self.fault)
        return run_id

    async def picked(self, run_id, steps):
        spec = self.relay(run_id).spec
        assert steps == (spec.steps,)
        return await self.relay(run_id).finished()

    async def once(self, model, picture, noise, seed, label, *, asker):
        self.count(asker)
        self.given.append(picture)
        text = base64.b64encode(picture).decode()
        return {"noisy": text, "estimate": text, "rms_noisy": 0.5, "rms_estimate": 0.1}

    async def close(self):
        """Have nothing to close."""


def serve(site: Site, experiment: str) -> tuple[TestClient, Engine]:
    """Serve a course of one question that rests on this experiment, in a folder with a picture `dot.png`."""
    client = site(question("one", ("Red",)))
    lessons = client.app.state.services.settings.lessons  # type: ignore[attr-defined]
    Image.new("L", (8, 8), 200).save(lessons / "01-colours" / "dot.png")
    (lessons / "01-colours" / "quiz.toml").write_text(question("one", ("Red",)) + experiment)
    engine = Engine()
    change_services(client.app, catalogue=load_catalogue(lessons), engine=engine, cards=CARDS)
    return client, engine


def answered(site: Site, experiment: str) -> tuple[TestClient, Engine]:
    """Do the same, and answer the question."""
    client, engine = serve(site, experiment)
    data = {"option": opaque_id("one", "Red"), "attempt": "an-attempt-of-its-own"}
    assert client.post("/lessons/colours/practice?q=one", data=data).status_code == 200
    return client, engine


def test_while_a_try_is_left_it_leads_to_the_question_and_runs_nothing(site: Site) -> None:
    client, engine = serve(site, run("change_when_repeated"))
    data = {"option": opaque_id("one", "Green"), "attempt": "an-attempt-of-its-own"}
    client.post("/lessons/colours/practice?q=one", data=data)
    answer = client.get("/questions/one/experiment", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lessons/colours/practice?q=one")
    assert engine.asked == []


def run(*measures: str, count: int = 1, steps: int = 4) -> str:
    claims = "".join(CLAIM.format(measure=measure) for measure in measures)
    return RUN.format(count=count, steps=steps) + claims


def shown(page: str) -> list[np.ndarray]:
    """Read the pictures of an outcome back."""
    sources = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(source)))) for source in sources]


def show(client: TestClient) -> str:
    answer = client.get("/questions/one/experiment", headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def test_before_an_answer_the_outcome_is_not_shown(site: Site) -> None:
    client, engine = serve(site, run())
    refused = client.get("/questions/one/experiment", follow_redirects=False)
    assert (refused.status_code, refused.headers["location"]) == (303, "/lessons/colours/practice?q=one")
    assert engine.asked == []


def test_a_question_without_an_experiment_has_none_to_show(site: Site) -> None:
    client, _ = serve(site, "")
    assert client.get("/questions/one/experiment").status_code == 404


def test_a_claim_about_seeds_shows_the_first_picture_another_and_the_first_drawn_anew(site: Site) -> None:
    client, engine = answered(site, run("change_with_next_seed", "change_when_repeated"))
    page = show(client)
    first, other, again = shown(page)
    assert (first == again).all()
    assert (first != other).any()
    assert re.findall(r"<b>([^<]+)</b>", page) == ["Seed 3", "Seed 4", "Seed 3 again"]
    assert "Seed 3, drawn twice: the largest difference of any dot is 0 of 255 grey levels." in page
    assert re.search(r"Seed 4 in place of seed 3: a dot differs by \d\d of 255 grey levels on average", page)
    assert len({spec.run_id("weights") for spec, _ in engine.asked}) == 3, "a kept run proves nothing"


def test_a_run_of_as_many_pictures_and_steps_as_are_allowed_is_shown_with_its_repetition(site: Site) -> None:
    client, engine = answered(site, run("change_when_repeated", count=8, steps=400))
    show(client)
    assert [(spec.count, spec.steps) for spec, _ in engine.asked] == [(8, 400), (7, 400)]


def test_a_claim_about_steps_shows_the_same_noise_in_many_steps_beside(site: Site) -> None:
    client, engine = answered(site, run("spread_against_50_steps", count=4, steps=1))
    page = show(client)
    few, many = shown(page)
    assert few.shape == many.shape == (234, 234)  # 2 x 2 pictures of 8 dots with a gap, each dot drawn as 13
    assert (few[:, 117] == 255).all(), "between pictures there is paper, not ink"
    spec = engine.asked[0][0]
    levels = np.random.default_rng([spec.seed, 0, spec.steps]).integers(0, 256, (8, 8))
    assert np.array_equal(255 - few[6:104:13, 6:104:13], levels), "255 is ink, which is dark"
    assert re.findall(r"<b>([^<]+)</b>", page) == ["1 step", "50 steps"]
    assert re.search(r"After 1 step the dots vary from picture to picture \d+% as much as after 50", page)
    assert [(spec.steps, spec.seed, spec.count) for spec, _ in engine.asked] == [(1, 3, 4), (50, 3, 4)]


def test_the_sampler_is_named_as_people_name_it(site: Site) -> None:
    client, _ = answered(site, run() + 'sampler = "dpm_solver_pp"\n')
    page = show(client)
    assert "Sampler DPM-Solver++(2M), guidance 2." in page
    assert "dpm_solver_pp" not in page


def test_a_run_without_a_claim_is_shown_alone(site: Site) -> None:
    client, _ = answered(site, run())
    page = show(client)
    assert len(shown(page)) == 1
    assert "<p></p>" not in page


def test_one_call_is_shown_with_what_the_model_never_saw(site: Site) -> None:
    experiment = '\n[question.experiment]\nkind = "predict_once"\nmodel = "tiny"\nnoise = 0.5\n'
    client, engine = answered(site, experiment + 'picture = "dot.png"\n')
    page = show(client)
    pictures = shown(page)
    assert len(pictures) == 3
    # The lesson's picture is shown as its file is, a light grey of 200; the model was given 55 of ink.
    assert all((picture == 200).all() for picture in pictures)
    assert engine.given == [bytes([55] * 64)]
    assert "typically off by 0.50 a dot" in page
    assert "typically off by 0.10 a dot" in page
    assert "20% of the error is left" in page


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_an_engine_that_fails_is_told_and_not_drawn(site: Site, headers: dict[str, str]) -> None:
    client, engine = answered(site, run("change_when_repeated"))
    engine.fault = TryLater("the model is waking up", 2)
    answer = client.get("/questions/one/experiment", headers=headers)
    assert answer.status_code == 503
    assert "the model is waking up" in answer.text.lower()


def test_without_a_script_the_outcome_is_a_page_that_leads_back(site: Site) -> None:
    client, _ = answered(site, run("change_when_repeated"))
    page = client.get("/questions/one/experiment").text
    assert "<h1>The experiment</h1>" in page
    assert 'href="/lessons/colours/practice?q=one"' in page
