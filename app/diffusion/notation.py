"""The one notation of From Noise: conventions, tensor axes, and the table of symbols that lessons render.

No torch here, so that the web process can show the table.

Conventions: `t` runs from 0 (data) to 1 (noise), for every schedule, flow matching too.
`x_t = signal_scale * x0 + noise_scale * eps`, with `x0` in [-1, 1] and `eps` standard normal.
Estimates end in `_hat`. A step goes from `t` to `t_next < t`; an integer index is `step`.
"""

from __future__ import annotations

from dataclasses import dataclass

IMAGES = "batch channel height width"
"""Axes of a batch of pictures, as in `Float[Tensor, IMAGES]`."""


@dataclass(frozen=True)
class Symbol:
    """One row of the table of symbols: `code` as written in the source, `latex`, and its meaning."""

    code: str
    latex: str
    meaning: str


SYMBOLS = (
    Symbol("x0", r"x_0", "a clean picture; every pixel is between -1 and 1"),
    Symbol("eps", r"\varepsilon", "standard normal noise, one independent number per pixel"),
    Symbol("t", r"t", "time, from 0 (clean picture) to 1 (pure noise)"),
    Symbol("signal_scale", r"S(t)", "how much of the clean picture is left at time t"),
    Symbol("noise_scale", r"N(t)", "how much noise there is at time t"),
    Symbol("x_t", r"x_t = S\,x_0 + N\,\varepsilon", "the noisy picture at time t"),
    Symbol("sigma", r"\sigma = N/S", "noise for one unit of signal"),
    Symbol("alpha_bar", r"\bar\alpha = S^2", "the share of variance that is signal (DDPM's product)"),
    Symbol("x0_hat", r"\hat x_0", "the model's guess of the clean picture, made from x_t"),
    Symbol("eps_hat", r"\hat\varepsilon", "the model's guess of the noise in x_t"),
    Symbol("v_hat", r"\hat v", "the model's guess of v = S eps - N x0, what ours predicts"),
)
