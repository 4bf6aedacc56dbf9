"""The page of a run, for browsers without JavaScript."""

from __future__ import annotations

import re

from starlette.testclient import TestClient

from tests.web.fake_engine import FakeEngine, app_with_pages, start


def test_the_page_of_a_run_shows_the_guess_too_and_says_at_which_steps():
    client = TestClient(app_with_pages(FakeEngine()), base_url="http://localhost")
    page = client.get(f"/runs/{start(client).json()['id']}").text
    shown = re.findall(r'<img [^>]*src="([^"]+)"', page)
    assert [source.rpartition("/")[2] for source in shown] == [
        "animation.gif?guess=true",
        "strip.png?guess=true",
    ]
    assert "steps 0, 1, 2, 3, 4;" in page
    assert all(client.get(source).status_code == 200 for source in shown)


def test_the_page_says_so_where_the_moving_picture_leaves_frames_out():
    client = TestClient(app_with_pages(FakeEngine()), base_url="http://localhost")
    pages = [client.get(f"/runs/{start(client, steps=steps).json()['id']}").text for steps in (99, 100, 1000)]
    assert ["the moving picture shows" in page for page in pages] == [False, True, True]
    assert "shows 100 of its 101 frames" in pages[1]
    assert "shows 100 of its 1,001 frames" in pages[2]
