"""Frames in the browser: read as the server writes them, and kept in order."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from app.engine.frame_events import frame_event, with_facts

if TYPE_CHECKING:
    from tests.browser.kit.conftest import KitPage

pytestmark = pytest.mark.browser

EVERY_BYTE = bytes(range(256))


@pytest.mark.parametrize("has_from_base64", [True, False])
def test_pixels_are_decoded_with_and_without_the_browsers_own_function(
    kit_page: KitPage, has_from_base64: bool
) -> None:
    got = kit_page.run(
        """
        const { decodePixels } = await kit("frames");
        let calls = 0;
        const own = text => { calls += 1; return Uint8Array.from(atob(text), sign => sign.charCodeAt(0)); };
        const value = given.has ? own : undefined;
        Object.defineProperty(Uint8Array, "fromBase64", { value, configurable: true });
        return [[...decodePixels(given.text)], calls];""",
        {"text": base64.b64encode(EVERY_BYTE).decode(), "has": has_from_base64},
    )
    assert got == [list(EVERY_BYTE), int(has_from_base64)]


def test_a_frame_is_read_from_the_servers_event(kit_page: KitPage) -> None:
    event = frame_event(7, json.dumps({"step": 7, "t": 0.25})[:-1].encode(), (b"\x00\x01", b"\x02", b"\xff"))
    data = with_facts(event, b'{"attention":"BQY="}').split(b"data: ")[1].decode()
    got = kit_page.run(
        """
        const { readFrame } = await kit("frames");
        const frame = readFrame(given);
        const pictures = ["x_t", "x0_hat", "eps_hat", "attention"].map(name => [...frame[name]]);
        return [frame.step, frame.t, pictures];""",
        data,
    )
    assert got == [7, 0.25, [[0, 1], [2], [255], [5, 6]]]


def test_frames_are_kept_in_order_and_a_double_or_a_gap_is_dropped(kit_page: KitPage) -> None:
    got = kit_page.run("""
      const { FrameStore } = await kit("frames");
      const store = new FrameStore(4);
      const kept = [1, 0, 0, 1, 3, 2].map(step => store.add({ step }));
      return [kept, store.received, store.get(2).step, store.get(3) === undefined, store.steps];""")
    assert got == [[False, True, False, True, False, True], 3, 2, True, 4]
