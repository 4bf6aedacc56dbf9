"""The lab's own arithmetic in the browser: a seed's noise as numpy has it, and levels between two places."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from app.diffusion.schedules import SCHEDULES, sigma
from app.diffusion.seeds import picture_generator
from app.labs.noise.levels import MINUS, encoded, table

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
pytest_plugins = ("tests.browser.labs.noise_fixtures",)

MODULES = "/static/kit"


SEEDS = [(0, 0), (1, 0), (2**32 - 1, 0), (2**32, 0), (2**40 + 3, 2), (2**53 - 1, 15)]
ON_A_BORDER = [(10_560, 0), (12_215, 0), (15_329, 0)]
"""Seeds with a value at the first place where a layer of the ziggurat is not sure to lie under the curve."""

TEXTS = {
    "figures(-0.0004, 3)": "0.000",
    "figures(-12.345, 1)": f"{MINUS}12.3",
    "figures(-Infinity, 1)": f"{MINUS}∞",
    "sigmaText(0.5)": "0.500",
    "sigmaText(23.45)": "23.4",
    "sigmaText(152.3)": "152",
    "percent(0, 3072)": "0 %",
    "percent(1, 3072)": "0.0 %",
    "percent(70, 3072)": "2.3 %",
    "percent(970, 3072)": "32 %",
}


def test_the_noise_of_a_seed_is_numpys(page: Page) -> None:
    count = 20_000
    for seed, index in SEEDS + ON_A_BORDER:
        found = page.evaluate(
            f"""async ([seed, index, count]) => {{
              const {{ normalNoise }} = await import("{MODULES}/normal.js");
              return [...normalNoise(seed, index, count)];
            }}""",
            [seed, index, count],
        )
        expected = picture_generator(seed, index).standard_normal(count, dtype=np.float32)
        assert np.abs(expected).max() > 3.66  # values of the tail are among them, which come by another way
        np.testing.assert_allclose(np.array(found), expected, rtol=2e-7, atol=0)


def test_a_matching_level_has_the_same_ratio_at_the_schedules_own_time(page: Page) -> None:
    times = [float(t) for t in np.linspace(0.02, 0.98, 25)]
    for source, target in permutations(SCHEDULES.values(), 2):
        levels = [{"t": t, "signal": source.signal_scale(t), "noise": source.noise_scale(t)} for t in times]
        matched = page.evaluate(
            f"""async ([scales, levels]) => {{
              const {{ Schedule }} = await import("{MODULES}/schedule.js");
              const schedule = Schedule.of({{ scales, preserves: true }});
              return levels.map(level => schedule.matching(level));
            }}""",
            [encoded(table(target, 200)), levels],
        )
        for t, level in zip(times, matched, strict=True):
            at = target.t_from_sigma(sigma(source, t))
            assert level["t"] == pytest.approx(min(at, 1.0), abs=6e-4)
            if at < 1.0:
                assert level["noise"] / level["signal"] == pytest.approx(sigma(source, t), rel=1e-5)
                assert level["signal"] == pytest.approx(target.signal_scale(at), rel=2e-3, abs=2e-6)


def test_numbers_are_written_with_the_digits_that_count(page: Page) -> None:
    for call, text in TEXTS.items():
        script = f'import("{MODULES}/figures.js").then(({{ figures, sigmaText, percent }}) => {call})'
        assert page.evaluate(script) == text, call
