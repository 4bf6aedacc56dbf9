"""The frames of a run for the player's tests: real samplers, and tiny exact denoisers in numpy.

A denoiser knows a few drawings (of each digit, or of what a prompt may mean) and answers with their posterior
mean.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from app.diffusion.plan import Plan, make_plan
from app.diffusion.seeds import picture_generator
from app.engine.frame_events import frame_event, readouts
from app.engine.run import RunSpec
from tests.browser.fake_painter import PAINTER, attention_facts, landscapes


def estimate(x_t: np.ndarray, signal: float, noise: float, known: np.ndarray) -> np.ndarray:
    """Average the known pictures, each as likely as x_t makes it."""
    distances = ((x_t[:, None] - signal * known[None]) ** 2).sum(axis=(2, 3, 4))
    logits = -distances / (2.0 * noise**2)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("pk,kchw->pchw", weights, known))


def known_to(spec: RunSpec, digits: list[np.ndarray]) -> np.ndarray:
    """Return the pictures that a run may come to."""
    if spec.model == PAINTER.name:
        return landscapes(spec)
    return np.concatenate(digits) if spec.label is None else digits[spec.label]


def frames_of(spec: RunSpec, known: np.ndarray) -> list[bytes]:
    """Run a whole plan over what is known, (pictures, channels, height, width), and encode its frames."""
    plan = make_plan(sampler=spec.sampler, steps=spec.steps, eta=spec.eta, grid=spec.grid)
    noise = [picture_generator(spec.seed, index) for index in range(spec.count)]

    def fresh() -> np.ndarray:
        return np.stack([one.standard_normal(known.shape[1:], dtype=np.float32) for one in noise])

    x_t = plan.points[0].noise_scale * fresh()
    start = previous = x_t
    eps_hat = x_t
    events: list[bytes] = []
    for position, call in enumerate(plan.calls):
        if call.is_start:
            start = x_t
        signal, scale = call.point.signal_scale, call.point.noise_scale
        x0_hat = estimate(x_t, signal, scale, known)
        eps_hat = (x_t - signal * x0_hat) / scale
        row = call.row
        if call.is_start:
            stage = "last" if call.step == spec.steps - 1 else "first" if call.step == 0 else "middle"
            facts = {"stage": stage, "calls": position, "row": vars(row)} | attention_facts(spec, call.step)
            events.append(_encode(plan, call.step, facts, (x_t, x0_hat, eps_hat)))
        x_next = row.x_t * x_t + row.x0_hat * x0_hat + row.x0_hat_previous * previous + row.start * start
        if row.noise:
            x_next = x_next + row.noise * fresh()
        x_t, previous = x_next, x0_hat
    facts = {"stage": "done", "calls": len(plan.calls), "row": None} | attention_facts(spec, spec.steps - 1)
    return [*events, _encode(plan, spec.steps, facts, (x_t, x_t, eps_hat))]


def _encode(plan: Plan, step: int, facts: dict[str, Any], panes: tuple[np.ndarray, ...]) -> bytes:
    point = plan.points[step]
    levels = readouts(point.t, point.signal_scale, point.noise_scale)
    head = json.dumps({"step": step} | levels | facts).encode()[:-1]
    x_t, x0_hat, eps_hat = (
        (np.clip(pane / spread, -1, 1) * 127.5 + 127.5)
        .round()
        .astype(np.uint8)
        .transpose(0, 2, 3, 1)
        .tobytes()
        for pane, spread in zip(panes, (1.0, 1.0, 3.0), strict=True)
    )
    return frame_event(step, head, (x_t, x0_hat, eps_hat))
