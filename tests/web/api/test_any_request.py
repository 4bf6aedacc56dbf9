"""The API under requests that schemathesis makes of its document, good ones and bad ones."""

from __future__ import annotations

import itertools
import warnings
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.web.api.whole_site import whole_site

pytestmark = pytest.mark.slow

EXAMPLES, MANY_EXAMPLES = 6, 300
"""Good requests to each address, and as many bad ones."""

RANGED = ("step", "picture", "x", "y")
"""Numbers of an address that can be bad ones: only good requests have them replaced."""


@pytest.fixture(scope="module")
def tool():
    """Import schemathesis late: it takes seconds, in each process that collects tests."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from schemathesis.checks import not_a_server_error
        from schemathesis.specs.openapi import checks
    return SimpleNamespace(
        read=schemathesis.openapi.from_dict,
        Failures=schemathesis.core.failures.FailureGroup,
        modes=(schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE),
        checks=[
            not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_headers_conformance,
            checks.response_schema_conformance,
            checks.negative_data_rejection,
        ],
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with whole_site(tmp_path_factory.mktemp("site")) as url:
        yield url


@pytest.fixture(scope="module")
def known(url):
    """Give names of things that there are, and values that fit them, in place of made-up ones."""
    question = httpx2.get(f"{url}/api/questions/one").json()
    run = httpx2.post(f"{url}/api/runs", json={"model": "tiny", "steps": 3}).json()
    training = httpx2.post(f"{url}/api/trainings", json={"preset": "ring"}).json()
    return {
        "question_id": "one",
        "prediction_id": "when",
        "run_id": run["id"],
        "training_id": training["id"],
        "options": [question["options"][0]["id"]],
        "prediction": 2,
        "lesson": "",
        "level": 0,
        **dict.fromkeys(RANGED, 0),
        "model": "tiny",
        **dict.fromkeys(("label", "prompt", "negative_prompt", "sampler", "steps", "grid")),
        "attention": False,
    }


def ask_everywhere(url, known, tool, examples):
    """Send so many good and so many bad requests to each address, and return the statuses of the answers."""
    schema = tool.read(httpx2.get(f"{url}/api/openapi.json").json())
    seen: dict[str, set[int]] = {}
    faults = []
    for found in schema.get_all_operations():
        operation = found.ok()
        may_be_bad = operation.query or operation.body  # names in a path may be any text
        for mode in tool.modes if may_be_bad else tool.modes[:1]:
            try:
                cases = operation.as_strategy(generation_mode=mode)
                ask(url, known, tool.checks, cases, examples, seen, is_good=mode is tool.modes[0])
            except tool.Failures as failures:
                faults += [f"{operation.label}: {one}" for one in failures.exceptions]
    assert not faults, "\n\n".join(faults)
    return seen


def ask(url, known, checks, cases, examples, seen, *, is_good):
    """Send requests to one address, two in three about what there is."""
    turn = itertools.count()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Any) -> None:
        if next(turn) % 3:
            names = [name for name in case.path_parameters if is_good or name not in RANGED]
            case.path_parameters |= {name: known[name] for name in names}
            if is_good and case.query:
                case.query |= {name: known[name] for name in case.query if name in RANGED}
            if is_good and isinstance(case.body, dict):
                is_form = not case.media_type.endswith("json")
                fitting = {name: known[name] for name in case.body if name in known}
                case.body |= {name: known.get(name) or "" for name in case.body} if is_form else fitting
        answer = case.call_and_validate(base_url=url, checks=checks)
        seen.setdefault(case.operation.label, set()).add(answer.status_code)

    send()


def test_whatever_is_sent_the_answer_is_documented_and_no_fault_of_the_server(url, known, tool):
    seen = ask_everywhere(url, known, tool, EXAMPLES)
    assert not [label for label, statuses in seen.items() if min(statuses) >= 400], seen


@pytest.mark.soak
def test_whatever_is_sent_many_times(url, known, tool):
    ask_everywhere(url, known, tool, MANY_EXAMPLES)
