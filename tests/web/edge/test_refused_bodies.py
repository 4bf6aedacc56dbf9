"""What every JSON route says of a body that it cannot take: one fault, one sentence, with its field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.testclient import TestClient

from app.controls.request import RunRequest
from app.engine.run import SPEC, RunSpec, read_spec
from app.engine.server import OnceRequest
from app.errors import InvalidRequest
from app.validation import first_refused
from app.web.practice.api import GivingUp
from app.web.practice.api import SubmittedAnswer as Answer
from app.web.practice.predictions import SubmittedPrediction as Guess
from tests.web.fake_engine import FakeEngine, app_for

JSON = {"content-type": "application/json"}
WRONG = (
    b"null",
    b"true",
    b'"5"',
    b"-1",
    b"1.5",
    b"NaN",
    b"1e400",
    b"-Infinity",
    b"9223372036854775808",
    b"[]",
    b'["a", null]',
    b"{}",
    b"[" * 40 + b"]" * 40,
    b'"%s"' % (b"a" * 2_000_000),
    b'"\\u202e"',
)
"""Values of every type, and at every end of the ranges; each field takes some of them."""

OWN_WORDS = ("Input", "Field required", "should", "valid", "Extra", "Unexpected", "[type", "None", "True")
"""Words of pydantic and Python that no sentence of ours has."""

SPEC_FIELDS = {"model": "a", "seed": 0, "label": 1, "count": 1, "sampler": "ddim", "steps": 3}
SPEC_FIELDS |= {"guidance": 1.0, "eta": 0.0, "grid": "uniform"}
BODIES: dict[Any, dict[str, Any]] = {
    RunRequest: {"model": "tiny"},
    Answer: {"options": ["a"], "attempt": "a"},
    GivingUp: {},
    Guess: {"prediction": "a", "attempt": "a"},
    OnceRequest: {"model": "a", "picture": "", "noise": 1.0, "seed": 0},
    RunSpec: SPEC_FIELDS,
}
"""The body of every JSON route, of site and engine, with what it needs."""


def names_of(body: Any) -> list[str]:
    return [*body.model_fields] if issubclass(body, BaseModel) else [field.name for field in fields(body)]


def refused(body: Any, content: bytes) -> Iterator[tuple[str, str | None]]:
    adapter: TypeAdapter[Any] = SPEC if body is RunSpec else TypeAdapter(body)
    try:
        adapter.validate_json(content)
    except ValidationError as error:
        yield first_refused(error, names_of(body))


def with_value(body: Any, name: str, value: bytes) -> bytes:
    given = json.dumps(BODIES[body] | {name: "@"}).encode()
    return given.replace(b'"@"', value, 1)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body.__module__}.{body.__name__}")
def test_every_fault_of_every_field_is_told_in_our_words_with_what_was_received(body: Any) -> None:
    told = 0
    for name in names_of(body):
        for value in WRONG:
            for what, field in refused(body, with_value(body, name, value)):
                told += 1
                assert (field or "").split(".")[0] == name, (value[:40], what)
                assert what.startswith((f"{name}: must ", "option 1: must ", "option 2: must ")), what
                assert "; received " in what or ", has " in what, what
                assert len(what) < 250, what
                assert not any(word in what for word in OWN_WORDS), what
    assert told >= 5 * len(names_of(body))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body.__module__}.{body.__name__}")
def test_a_field_that_is_unknown_or_missing_is_named(body: Any) -> None:
    ((what, field),) = refused(body, with_value(body, "colour", b"1"))
    assert (what, field) == (f"colour: unknown key; there are {', '.join(names_of(body))}", "colour")
    for name in BODIES[body]:
        needed = {key: value for key, value in BODIES[body].items() if key != name}
        assert [*refused(body, json.dumps(needed).encode())] == [(f"{name}: is missing", name)]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 3000, b'{"model": 01}'])
def test_what_is_no_json_is_told_by_the_engine_as_such(content: bytes) -> None:
    with pytest.raises(InvalidRequest, match=r"^the body is not JSON that can be read$") as error:
        read_spec(content)
    assert error.value.field is None


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(app_for(FakeEngine()), base_url="http://localhost") as client:
        yield client


WHOLES = [
    (b"", "The body is missing."),
    (b"{", "The body is not JSON: it cannot be read from its letter 2 on."),
    (b'{"model": "tiny",}', "The body is not JSON: it cannot be read from its letter 1"),
    (b"null", "The body must be an object of names and values; received null."),
    (b"[]", "The body must be an object of names and values; received a list of 0."),
    (b'"tiny"', "The body must be an object of names and values; received 'tiny'."),
    (b"NaN", "The body must be an object of names and values; received nan."),
    (b"[" * 30_000, "The body cannot be read: it is nested too deeply."),
    (b'{"model": "\xff"}', "The body cannot be read: its byte 12 is not UTF-8."),
    (b'{"seed": ' + b"9" * 5000 + b"}", "or holds a number of thousands of digits."),
]


@pytest.mark.parametrize(("content", "what"), WHOLES)
def test_a_body_that_is_refused_as_a_whole_says_why(client: TestClient, content: bytes, what: str) -> None:
    answer = client.post("/api/runs", content=content, headers=JSON)
    assert answer.status_code in (400, 422)
    error = answer.json()["error"]
    assert (what in error["message"], error["field"]) == (True, None), error


def test_a_body_of_another_type_says_which_it_must_be(client: TestClient) -> None:
    answer = client.post("/api/runs", content=b'{"model": "tiny"}', headers={"content-type": "text/plain"})
    message = answer.json()["error"]["message"]
    assert message == "The body must be JSON, and the header Content-Type must say application/json."


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seed": True}, "seed: must be a whole number; received true."),
        ({"seed": 2**63}, "seed: must be at most 9,007,199,254,740,991; received 9223372036854775808."),
        ({"sampler": "x" * 99}, f"sampler: must have at most 64 letters; received '{'x' * 59}…."),
        ({"attention": None}, "attention: must be true or false; received null."),
        ({"stepz": 1}, "stepz: unknown key; there are model, label, prompt, "),
        ({"label": "\u202e"}, "label: must be the name of a class, its index"),
    ],
)
def test_a_field_of_a_run_is_told_with_its_name(client: TestClient, settings: Any, message: str) -> None:
    answer = client.post("/api/runs", json={"model": "tiny"} | settings)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (422, next(iter(settings)))
    assert error["message"].startswith(message)
    assert "\u202e" not in error["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("after=x", "after: must be a whole number; received 'x'."),
        ("after=-2", "after: must be at least -1; received '-2'."),
        (f"after={'9' * 5000}", f"after: must be a whole number; received '{'9' * 59}…."),
        ("viewer=%3C", "viewer: must be at most 32 letters and digits; received '<'."),
    ],
)
def test_a_part_of_an_address_is_told_likewise(client: TestClient, query: str, message: str) -> None:
    error = client.get(f"/api/runs/x/frames?{query}").json()["error"]
    assert (error["message"], error["field"]) == (message, query.partition("=")[0])
