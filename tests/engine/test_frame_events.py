import base64
import json

import numpy as np
import pytest
import torch

from app.diffusion.pixels import from_pixels, to_pixels
from app.engine.frame_events import event, frame_event, is_frame, is_last, read_frame, readouts


def test_an_event_carries_its_panes_and_is_read_back_as_pixels():
    panes = np.random.default_rng(0).integers(0, 256, (3, 2, 4, 5, 3), dtype=np.uint8)
    content = frame_event(7, b'{"step":7,"t":0.5', tuple(pane.tobytes() for pane in panes))
    assert content.startswith(b"id: 7\nevent: frame\ndata: {")
    assert content.endswith(b"}\n\n")
    assert content.count(b"\n") == 4
    data = json.loads(content.split(b"data: ")[1])
    assert (data["step"], data["t"]) == (7, 0.5)
    assert base64.b64decode(data["x_t"]) == panes[0].tobytes()
    frame = read_frame(content, (3, 4, 5), 2)
    assert frame.step == 7
    for pane, expected in zip((frame.x_t, frame.x0_hat, frame.eps_hat), panes, strict=True):
        assert np.array_equal(pane, expected)


def test_only_done_and_failed_end_a_stream_and_only_frames_are_frames():
    frame = frame_event(0, b'{"step":0', (b"", b"", b""))
    others = [event("done", {}), event("failed", {}), event("waiting", {}), b": keep-alive\n\n"]
    assert [is_last(content) for content in (frame, *others)] == [False, True, True, False, False]
    assert [is_frame(content) for content in (frame, *others)] == [True, False, False, False, False]


def test_a_reason_with_line_breaks_stays_one_event():
    content = event("failed", {"reason": "one\n\ntwo"})
    assert content.count(b"\n\n") == 1
    assert json.loads(content.split(b"data: ")[1])["reason"] == "one\n\ntwo"


@pytest.mark.parametrize(
    ("signal_scale", "noise_scale", "alpha_bar", "snr_db"),
    [(0.6, 0.8, 0.36, -2.5), (1.0, 0.0, 1.0, None), (0.5, 0.5, None, 0.0)],
)
def test_read_outs_say_alpha_bar_only_where_variance_is_preserved(
    signal_scale, noise_scale, alpha_bar, snr_db
):
    facts = readouts(0.5, signal_scale, noise_scale)
    assert (facts["alpha_bar"], facts["snr_db"]) == (alpha_bar, snr_db)


def test_pixels_are_the_range_of_each_pane_in_256_levels():
    values = torch.tensor([-9.0, -1.0, 0.0, 1.0, 9.0]).reshape(1, 1, 1, 5)
    levels = to_pixels(values, values, 3.0 * values)
    assert levels.shape == (3, 1, 1, 5, 1)
    for pane in levels:
        assert pane.flatten().tolist() == [0, 0, 128, 255, 255]


def test_pixels_go_back_to_pictures():
    pixels = torch.arange(256, dtype=torch.uint8).reshape(1, 16, 16, 1)
    pictures = from_pixels(pixels)
    assert pictures.shape == (1, 1, 16, 16)
    assert (pictures.min().item(), pictures.max().item()) == (-1.0, 1.0)
    assert torch.equal(to_pixels(pictures, pictures, pictures)[0], pixels)
