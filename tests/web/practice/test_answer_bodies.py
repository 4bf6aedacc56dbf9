"""Whatever may be sent in the place of an answer: refused, or graded and recorded, and never a fault."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.answering import ATTEMPT, TEXTS, ids, rows

pytest_plugins = ("tests.web.answer_fixtures",)

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        {"options": ["no such option"], "attempt": ATTEMPT},
        {"options": ids("Red", "Red"), "attempt": ATTEMPT},
        {"options": ids("Red", "Green"), "attempt": ATTEMPT},
        {"options": [], "attempt": ATTEMPT},
        {"options": ids("Red") * 11, "attempt": ATTEMPT},
        {"options": ids("Red")[0], "attempt": ATTEMPT},
        {"options": [None], "attempt": ATTEMPT},
        {"options": [True], "attempt": ATTEMPT},
        {"options": [1], "attempt": ATTEMPT},
        {"options": None, "attempt": ATTEMPT},
        {"options": {"0": ids("Red")[0]}, "attempt": ATTEMPT},
        {"options": ["\u0000"], "attempt": ATTEMPT},
        {"options": ids("Red")},
        {"attempt": ATTEMPT},
        {"options": ids("Red"), "attempt": ""},
        {"options": ids("Red"), "attempt": "a" * 129},
        {"options": ids("Red"), "attempt": "a b"},
        {"options": ids("Red"), "attempt": "a\n"},
        {"options": ids("Red"), "attempt": "\u202e"},
        {"options": ids("Red"), "attempt": None},
        {"options": ids("Red"), "attempt": 1},
        {"options": ids("Red"), "attempt": True},
        {"options": ids("Red"), "attempt": ATTEMPT, "verdict": "right"},
        [],
        None,
        "text",
    ],
)
def test_a_body_that_is_not_an_answer_is_refused_and_not_recorded(client, url, body):
    refused = client.post("/api/questions/one/answers", json=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["message"]
    assert rows(url) == 0


@pytest.mark.parametrize(
    "number", [b"NaN", b"Infinity", b"-Infinity", b"1e400", b"9223372036854775808", b'"\\ud800"']
)
def test_numbers_and_letters_that_json_does_not_have_are_refused(client, url, number):
    for body in (
        b'{"options":[%s],"attempt":"a"}',
        b'{"options":["a"],"attempt":%s}',
        b'{"options":%s}',
        b"%s",
    ):
        content = body % number
        refused = client.post("/api/questions/one/answers", content=content, headers=JSON)
        assert refused.status_code == 422
        json.loads(refused.content.decode())
    assert rows(url) == 0


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from([*ids(*TEXTS), ATTEMPT]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
bodies = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries({"options": json_values, "attempt": json_values}).map(
        lambda value: json.dumps(value).encode()
    )
    | st.fixed_dictionaries(
        {
            "options": st.lists(st.sampled_from(ids(*TEXTS)), max_size=3),
            "attempt": st.text(max_size=20) | st.from_regex("[a-z.:-]{1,20}", fullmatch=True),
        }
    ).map(lambda value: json.dumps(value).encode())
)


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=bodies, name=st.sampled_from(["one", "some", "none"]))
def test_whatever_is_sent_breaks_nothing_and_is_recorded_only_when_acknowledged(client, url, body, name):
    client.cookies.clear()
    before = rows(url)
    reply = client.post(f"/api/questions/{name}/answers", content=body, headers=JSON)
    assert reply.status_code in (200, 400, 404, 409, 422)
    recorded = rows(url) - before
    assert recorded in ((0, 1) if reply.status_code == 200 else (0,))
    json.loads(reply.content.decode())
