"""A method that an address does not take: the answer lists those that it takes, over all of its routes."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.api.whole_site import make_site


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with TestClient(make_site(tmp_path_factory.mktemp("site")), base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/trainings", "GET, POST"),
        ("PATCH", "/api/predictions/when", "GET, POST"),
        ("GET", "/api/runs/abc", "DELETE"),
        ("POST", "/api/runs/abc/image.png", "GET, HEAD"),
        ("DELETE", "/lessons/betting/practice", "GET, POST"),
        ("PUT", "/predictions/when", "GET, POST"),
        ("POST", "/", "GET, HEAD"),
        ("POST", "/healthz", "GET"),
        ("OPTIONS", "/api/runs", "POST"),
        ("BREW", "/learner/forget", "GET, POST"),
    ],
)
def test_a_wrong_method_is_told_all_right_ones(client, method, path, allowed):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert allowed in answer.json()["error"]["message"]
