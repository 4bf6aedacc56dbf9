"""Frames as they travel: pre-encoded server-sent events, and back to pixels. No torch.

One event carries all panes of one step, each as base64 of `uint8[count, height, width, channels]`.
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

PANES = ("x_t", "x0_hat", "eps_hat")


@dataclass(frozen=True)
class Frame:
    """One frame of a run: where it stands, and its panes as pixels (count, height, width, channels)."""

    step: int
    x_t: Pixels
    x0_hat: Pixels
    eps_hat: Pixels


def readouts(t: float, signal_scale: float, noise_scale: float) -> dict[str, float | None]:
    """Return the read-outs of a point: t, both scales, alpha_bar (VP only) and the SNR in dB."""
    preserving = math.isclose(signal_scale**2 + noise_scale**2, 1.0, abs_tol=1e-9)
    snr_db = 20.0 * math.log10(signal_scale / noise_scale) if noise_scale > 0.0 else None
    return {
        "t": round(t, 6),
        "signal_scale": round(signal_scale, 6),
        "noise_scale": round(noise_scale, 6),
        "alpha_bar": round(signal_scale**2, 6) if preserving else None,
        "snr_db": None if snr_db is None else round(snr_db, 2),
    }


def frame_event(step: int, head: bytes, panes: tuple[bytes, bytes, bytes]) -> bytes:
    """Join a frame's facts (JSON without its closing brace) and its three panes into one event."""
    x_t, x0_hat, eps_hat = (base64.b64encode(pane) for pane in panes)
    return b'id: %d\nevent: frame\ndata: %s,"x_t":"%s","x0_hat":"%s","eps_hat":"%s"}\n\n' % (
        step,
        head,
        x_t,
        x0_hat,
        eps_hat,
    )


def with_facts(content: bytes, facts: bytes) -> bytes:
    """Add facts, a JSON object that is not empty, to a frame's event."""
    return content.removesuffix(b"}\n\n") + b"," + facts.removeprefix(b"{") + b"\n\n"


def event(name: str, data: dict[str, Any]) -> bytes:
    """Encode any other event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def leaving(retry_ms: int) -> bytes:
    """Encode the event that ends a stream since this server stops: when to connect again.

    `retry` is for the browser's own reconnection, the data for a page that does better.
    """
    return b"retry: %d\n" % retry_ms + event("leaving", {"retry_ms": retry_ms})


def is_last(content: bytes) -> bool:
    """Say whether an event ends its stream."""
    return content.startswith((b"event: done", b"event: failed"))


def note(text: str) -> bytes:
    """Encode something that viewers are to know while their run goes on."""
    return event("note", {"text": text})


def is_note(content: bytes | None) -> bool:
    """Say whether an event is a note."""
    return content is not None and content.startswith(b"event: note\n")


def is_frame(content: bytes) -> bool:
    """Say whether an event carries a frame."""
    return content.startswith(b"id: ")


def step_of(content: bytes) -> int:
    """Return the step of a frame's event."""
    return int(content[4 : content.index(b"\n")])


def read_frame(content: bytes, shape: tuple[int, int, int], count: int) -> Frame:
    """Turn a frame's event back into pixels.

    Args:
        content: the event; facts other than the step are passed over.
        shape: channels, height, width of a picture.
        count: pictures of the run.
    """
    data = json.loads(content.split(b"data: ", 1)[1])
    channels, height, width = shape
    x_t, x0_hat, eps_hat = (
        np.frombuffer(base64.b64decode(data[pane]), np.uint8).reshape(count, height, width, channels)
        for pane in PANES
    )
    return Frame(data["step"], x_t, x0_hat, eps_hat)
