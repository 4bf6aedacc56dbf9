"""The document of the API by itself, and what finds answers that it does not have."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, version

import pytest
from starlette.testclient import TestClient

from app.main import PARTS, own_version
from tests.documented import Watch, document
from tests.web.api.whole_site import make_site

ERROR = json.dumps({"error": {"message": "No.", "field": None}}).encode()
JSON = "application/json"


@pytest.fixture(scope="module")
def parts():
    """List every operation, by its method and path."""
    return {
        f"{method} {path}": operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_parameter_is_described_with_an_example(parts):
    bare = [
        f"{name}: {parameter['name']}"
        for name, operation in parts.items()
        for parameter in operation.get("parameters", ())
        if not parameter.get("description") or not parameter["schema"].get("examples")
    ]
    assert bare == []


def test_every_body_is_described(parts):
    for name, operation in parts.items():
        for kind in operation.get("requestBody", {}).get("content", {}).values():
            assert kind["schema"].keys() & {"$ref", "properties", "anyOf"}, name


def test_a_client_can_name_every_operation_and_follow_every_reference(parts):
    names = [operation["operationId"] for operation in parts.values()]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    schemas = document()["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document()))) <= set(schemas)
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


def test_every_refusal_has_the_form_that_is_sent(parts):
    for name, operation in parts.items():
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and status != "408" and (name, status) != ("get /readyz", "503"):
                schema = answer["content"][JSON]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorAnswer"}, (name, status)


def test_pictures_and_streams_have_their_own_media_types(parts):
    kinds = {name: list(parts[f"get /api/runs/{{run_id}}/{name}"]["responses"]["200"]["content"]) for name in
             ("image.png", "animation.gif", "strip.png", "frames")}  # fmt: skip
    assert list(kinds.values()) == [["image/png"], ["image/gif"], ["image/png"], ["text/event-stream"]]
    assert "application/x-www-form-urlencoded" in parts["post /runs"]["requestBody"]["content"]


def test_every_route_of_the_api_is_in_the_document(parts):
    routes = [
        f"{method.lower()} {route.path}"
        for part in PARTS
        for route in part.router.routes
        for method in route.methods
        if route.path.startswith("/api/") and method != "HEAD"
    ]
    assert len(routes) > 15
    assert set(routes) - {"get /api/openapi.json"} <= set(parts)


def test_the_document_names_the_cookie_that_is_given(tmp_path):
    with TestClient(make_site(tmp_path), base_url="http://localhost") as client:
        served = client.get("/api/openapi.json").json()
        client.get("/lessons/betting/practice", headers={"accept": "text/html"})
        (given,) = client.cookies
    assert served["components"]["securitySchemes"]["session"]["name"] == given
    assert served["security"] == [{}, {"session": []}]
    assert served["paths"] == json.loads(json.dumps(document()["paths"]))


@pytest.mark.parametrize(
    ("method", "path", "status", "media_type", "body", "fault"),
    [
        ("GET", "/api/ticket", 418, JSON, ERROR, "answered 418, of which the document has only"),
        ("GET", "/api/ticket", 200, JSON, b'{"ticket": 3, "lasts_s": 60}', "at ticket"),
        ("GET", "/api/ticket", 200, JSON, b'{"ticket": null}', "required"),
        ("GET", "/api/ticket", 200, JSON, b'{"ticket": null, "lasts_s": 60, "more": 1}', "more"),
        ("GET", "/api/ticket", 503, JSON, b'{"detail": "No."}', "detail"),
        ("GET", "/api/ticket", 503, "text/html", b"<p>No.", "as 'text/html'"),
        ("DELETE", "/api/runs/abc", 204, JSON, b"", ""),
        ("DELETE", "/api/runs/abc", 200, JSON, b"{}", "answered 200"),
        ("GET", "/api/runs/abc/image.png", 200, "image/gif", b"GIF", "as 'image/gif'"),
        ("HEAD", "/api/runs/abc/image.png", 200, "image/png", None, ""),
        ("GET", "/api/nothing", 418, JSON, b"{}", ""),
        ("POST", "/runs", 303, "", b"", ""),
        ("POST", "/runs", 303, "text/html", b"<p>", "the document has none"),
    ],
    ids=["status", "type", "missing", "more", "form", "media type", "nothing", "something", "picture", "head",
         "not of the API", "redirect", "redirect with a body"],
)  # fmt: skip
def test_an_answer_that_the_document_does_not_have_is_found(method, path, status, media_type, body, fault):
    watch = Watch()
    watch.look(method, path, status, media_type, body)
    faults = watch.take()
    assert [fault in one for one in faults] == ([True] if fault else [])
    assert watch.take() == []


def test_answers_of_every_test_are_looked_at(tmp_path):
    from tests.documented import WATCH

    before = WATCH.seen
    with TestClient(make_site(tmp_path), base_url="http://localhost") as client:
        client.get("/api/lessons")
        client.get("/api/questions/none")
    assert WATCH.seen == before + 2


def test_a_program_that_is_not_installed_has_a_document_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    assert own_version() == version("fromnoise")
    monkeypatch.setattr("app.main.version", missing)
    assert own_version() == "0"
