"""A body that is far too large: the refusal can be read, however the body is sent."""

from __future__ import annotations

import json

import httpx2
import pytest

from tests.web.api.whole_site import whole_site

pytestmark = pytest.mark.slow
POINTS = json.dumps({"points": [[0.1, 0.2]] * 10**6}).encode()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with whole_site(tmp_path_factory.mktemp("site")) as url:
        yield url


def in_pieces(content):
    yield from (content[place : place + 2**16] for place in range(0, len(content), 2**16))


@pytest.mark.parametrize("path", ["/api/trainings", "/api/runs", "/api/clean"])
@pytest.mark.parametrize(
    "make",
    [lambda: POINTS, lambda: 3 * POINTS, lambda: in_pieces(POINTS)],
    ids=["a million points", "three million", "no length"],
)
def test_the_refusal_of_a_large_body_can_be_read(url, path, make):
    answer = httpx2.post(url + path, content=make(), headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert "at most 65536 bytes" in answer.json()["error"]["message"]
