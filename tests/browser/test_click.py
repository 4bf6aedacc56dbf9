"""The first click, against the real engine and the shipped model: noise becomes the digit asked for."""

from __future__ import annotations

import base64
import json
import re

import httpx2
import numpy as np
import pytest
import torch

from app.cards import read_card
from app.diffusion.checkpoints import denoiser, load_network
from app.diffusion.pixels import to_pixels
from app.diffusion.plan import make_plan
from app.diffusion.sampling import sample
from app.diffusion.seeds import PictureNoise
from app.settings import files_folder
from tests.browser.playwright_names import Browser, Page, expect

pytestmark = pytest.mark.browser

LESSON = "/lessons/from-noise-to-picture"
NO_CLASS = 10
"""The index of "none" after the ten digits."""

UNDER_WAY = re.compile(r"^([1-9]|[1-4]\d) / 50")


@pytest.fixture
def page(browser: Browser, product: str) -> Page:
    return browser.new_context(base_url=product, viewport={"width": 1280, "height": 900}).new_page()


def test_a_press_in_lesson_1_turns_noise_into_a_digit_frame_by_frame(page: Page) -> None:
    page.goto(LESSON)
    plate = page.locator("#lab-1")
    plate.locator("[data-role=start]").click()
    step = plate.locator("[data-read=step]")
    expect(step).to_have_text(UNDER_WAY, timeout=30_000)
    expect(step).to_have_text("50 / 50", timeout=60_000)
    expect(plate.locator("denoising-player")).to_have_attribute("data-state", "done", timeout=30_000)
    ink = plate.locator("[data-pane=x_t] canvas").evaluate(
        """canvas => {
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const grey = [];
          for (let i = 0; i < pixels.length; i += 4) grey.push(pixels[i]);
          return [canvas.width, canvas.height, grey];
        }"""
    )
    width, height, grey = ink
    shown = 255 - np.array(grey, dtype=float).reshape(height, width)
    wanted = directly_drawn(label=NO_CLASS, seed=72, guidance=1.0)
    assert correlation(shown, enlarged(wanted, height, width)) > 0.99


def test_the_stream_brings_51_different_frames_that_end_in_the_picture_drawn_directly(product: str) -> None:
    body = {"model": "digits", "label": "4", "seed": 11, "steps": 50, "sampler": "ddim", "guidance": 1.2}
    started = httpx2.post(f"{product}/api/runs", json=body)
    assert started.status_code == 201, started.text
    frames = []
    with httpx2.stream("GET", product + started.json()["frames"], timeout=60.0) as stream:
        lines = list(stream.iter_lines())
    frames = [json.loads(line[6:]) for line in lines if line.startswith("data: ") and '"x_t"' in line]
    assert [frame["step"] for frame in frames] == list(range(51))
    assert len({frame["x_t"] for frame in frames}) == 51
    assert "event: done" in lines
    last = np.frombuffer(base64.b64decode(frames[-1]["x_t"]), np.uint8).reshape(28, 28)
    difference = np.abs(last.astype(int) - directly_drawn(label=4, seed=11, guidance=1.2).astype(int))
    assert difference.max() <= 2


def test_a_prompt_in_lesson_1_is_painted_and_its_unknown_word_is_named(page: Page) -> None:
    page.goto(LESSON)
    plate = page.locator("figure.player", has=page.locator("textarea[name=prompt], input[name=prompt]"))
    plate.locator("[name=prompt]").fill("a red dragon and a house by day in a meadow")
    plate.locator(".more > summary").click()
    plate.locator("[name=steps]").fill("8")
    plate.locator("[data-role=start]").click()
    expect(plate.locator("denoising-player")).to_have_attribute("data-state", "done", timeout=60_000)
    expect(plate.locator("[data-role=notes]")).to_contain_text("dragon")
    expect(plate.locator("[data-read=step]")).to_have_text("8 / 8", timeout=20_000)
    top, bottom = plate.locator("[data-pane=x_t] canvas").evaluate(
        """canvas => [0, canvas.height - 1].map(row => {
          const pixels = canvas.getContext('2d').getImageData(0, row, canvas.width, 1).data;
          const mean = part => pixels.filter((_, i) => i % 4 === part).reduce((a, b) => a + b) / canvas.width;
          return [0, 1, 2].map(mean);
        })"""
    )
    assert top[2] > top[0] + 40  # the sky of a day is blue
    assert bottom[1] > bottom[2] + 20  # and a meadow is green


def directly_drawn(label: int, seed: int, guidance: float) -> np.ndarray:
    """Draw the same picture with the plain loop: no engine, no exported network."""
    file = read_card(files_folder("models") / "digits")
    model = denoiser(file, load_network(file))
    plan = make_plan(sampler="ddim", steps=50, model_t_max=file.card.t_max)
    x0 = sample(model, plan, torch.tensor([label]), guidance, [PictureNoise(seed, 0)])
    return np.asarray(to_pixels(x0, x0, x0)[0, 0, :, :, 0])


def enlarged(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    rows = np.arange(height) * picture.shape[0] // height
    columns = np.arange(width) * picture.shape[1] // width
    return picture[np.ix_(rows, columns)].astype(float)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
