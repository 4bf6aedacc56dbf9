"""The browser's conversions beside those of `app/diffusion`, and errors beside the ratios that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from app.diffusion import predictions
from app.diffusion.schedules import SCHEDULES
from app.labs.readings.quantities import true_quantities
from tests.browser.labs.readings.plates import settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

X0 = [0.5, -1.0, 1.0, 0.0, -0.3]
EPS = [-1.2, 0.4, 2.5, -0.1, 0.0]
V = [0.7, -2.0, 0.3, 0.1, -0.9]
TIMES = (0.01, 0.3, 0.5, 0.98)


def levels() -> list[dict[str, float]]:
    """List levels of every schedule, also of the one that does not keep the variance."""
    return [
        {"t": t, "signal": schedule.signal_scale(t), "noise": schedule.noise_scale(t)}
        for schedule in SCHEDULES.values()
        for t in TIMES
    ]


def in_browser(page: Page, script: str, given: Any) -> Any:
    """Run the body of an async function with the lab's modules at hand."""
    return page.evaluate(
        f"""async given => {{
          const conversions = await import("/static/labs/readings/conversions.js");
          const errors = await import("/static/labs/readings/errors.js");
          {script}
        }}""",
        given,
    )


def test_each_formula_is_that_of_the_mathematics(page: Page) -> None:
    script = """
      const [x_t, x0, eps, v] = given.values.map(each => Float64Array.from(each));
      const { noised, x0FromEps, epsFromX0, vFromX0Eps, x0FromV, epsFromV } = conversions;
      return given.levels.map(level => [
        noised(x0, eps, level), x0FromEps(x_t, eps, level), epsFromX0(x_t, x0, level),
        vFromX0Eps(x0, eps, level), x0FromV(x_t, v, level), epsFromV(x_t, v, level),
      ].map(found => [...found]));"""
    values = [[0.2, -1.5, 0.9, 3.0, -0.4], X0, EPS, V]
    found = in_browser(page, script, {"values": values, "levels": levels()})
    x_t, x0, eps, v = (torch.tensor(one, dtype=torch.float64) for one in values)
    assert len(found) == 12
    for level, ours in zip(levels(), found, strict=True):
        scales = [torch.tensor(level[name], dtype=torch.float64) for name in ("signal", "noise")]
        signal, noise = scales
        theirs = [
            signal * x0 + noise * eps,
            predictions.x0_from_eps(x_t, eps, *scales),
            predictions.eps_from_x0(x_t, x0, *scales),
            predictions.v_from_x0_eps(x0, eps, *scales),
            predictions.x0_from_v(x_t, v, *scales),
            predictions.eps_from_v(x_t, v, *scales),
        ]
        np.testing.assert_allclose(ours, [one.numpy() for one in theirs], rtol=1e-12)


def test_whichever_is_guessed_the_three_readings_agree(page: Page) -> None:
    script = """
      const [x0, eps] = given.values.map(each => Float64Array.from(each));
      return given.levels.map(level => {
        const x_t = conversions.noised(x0, eps, level);
        const guess = conversions.readingsOf("x0", x0.map(value => value - 0.2), x_t, level);
        return conversions.NAMES.map(name => {
          const readings = conversions.readingsOf(name, guess[name], x_t, level);
          return conversions.NAMES.map(each => [...readings[each]]);
        });
      });"""
    for from_x0, from_eps, from_v in in_browser(page, script, {"values": [X0, EPS], "levels": levels()}):
        np.testing.assert_allclose(from_x0[0], np.array(X0) - 0.2, rtol=1e-12)
        np.testing.assert_allclose(from_eps, from_x0, atol=1e-12)
        np.testing.assert_allclose(from_v, from_x0, atol=1e-12)


def test_an_error_in_one_reading_is_that_of_another_times_its_ratio(page: Page) -> None:
    script = """
      const [x0, eps] = given.values.map(each => Float64Array.from(each));
      const unit = errors.unitError(7, x0.length);
      return given.levels.map(level => {
        const truth = { x0, eps, v: conversions.vFromX0Eps(x0, eps, level) };
        const x_t = conversions.noised(x0, eps, level);
        return conversions.NAMES.map(from => {
          const readings = conversions.readingsOf(from, errors.spoilt(truth[from], unit, 0.1), x_t, level);
          const made = errors.errorsOf(readings, truth);
          const ratio = to => conversions.RATIOS[from][to]?.of(level) ?? 1;
          return conversions.NAMES.map(to => [made[to], 0.1 * ratio(to)]);
        });
      });"""
    kept = [level for level in levels() if abs(level["signal"] ** 2 + level["noise"] ** 2 - 1.0) < 1e-9]
    assert len(kept) == 8
    found = np.array(in_browser(page, script, {"values": [X0, EPS], "levels": kept}))
    assert found.shape == (8, 3, 3, 2)
    np.testing.assert_allclose(found[..., 0], found[..., 1], rtol=1e-7)


def test_where_no_signal_is_left_the_noise_alone_gives_no_picture(page: Page) -> None:
    script = """
      const [x0, eps] = given.map(each => Float64Array.from(each));
      const level = { t: 1, signal: 0, noise: 1 };
      const x_t = conversions.noised(x0, eps, level);
      const from = (name, values) => conversions.readingsOf(name, values, x_t, level);
      const [perfect, off] = [eps, eps.map(value => value + 0.01)].map(guess => from("eps", guess).x0);
      return [
        perfect.every(Number.isNaN), off.every(value => Math.abs(value) === Infinity),
        [...from("v", conversions.vFromX0Eps(x0, eps, level)).x0], [...from("x0", x0).eps],
      ];"""
    is_nothing, is_infinite, from_v, from_x0 = in_browser(page, script, [X0, EPS])
    assert is_nothing
    assert is_infinite
    np.testing.assert_allclose(from_v, X0, atol=1e-12)
    np.testing.assert_allclose(from_x0, EPS, atol=1e-12)


def test_the_error_that_is_made_is_the_same_pattern_and_not_the_noise(page: Page) -> None:
    made, again, other = in_browser(
        page, "return [[3, 784], [3, 784], [4, 784]].map(([s, n]) => [...errors.unitError(s, n)]);", None
    )
    assert np.sqrt(np.square(made).mean()) == pytest.approx(1.0, abs=1e-6)
    assert made == again != other
    eps = true_quantities(settings(), settings().levels[0]).eps.ravel()
    assert abs(np.corrcoef(made, eps)[0, 1]) < 0.15
