"""A browser that has loaded a page is somebody of its own before its first run, whatever others do."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.engine.admission import ANONYMOUS
from app.learners.sessions import new_session, read_session
from app.learners.tickets import LASTS_S, learner_of, new_ticket
from app.web.runs import tickets
from tests.web.cookies import learner_cookie
from tests.web.fake_engine import FakeEngine, app_for
from tests.web.services import SECRET

BODY = {"model": "tiny"}


@pytest.fixture
def engine():
    return FakeEngine()


def site(engine, **limits):
    app = app_for(engine, **limits)
    app.include_router(tickets.router)
    return app


def browser(app):
    return TestClient(app, base_url="http://localhost")


def ticket_of(client):
    return client.get("/api/ticket").json()["ticket"]


def run(client, ticket):
    return client.post("/api/runs", json=BODY, headers={"x-ticket": ticket} if ticket else {})


def test_with_a_ticket_the_first_run_is_a_learners_own_and_brings_the_cookie(engine):
    client = browser(site(engine))
    answer = run(client, ticket_of(client))
    assert answer.status_code == 201
    ((_, learner),) = engine.asked
    assert learner == read_session(SECRET, learner_cookie(answer.cookies)).learner_key
    run(client, None)
    assert engine.asked[1][1] == learner
    assert ticket_of(client) is None  # there is a cookie now


def test_thirty_new_browsers_run_while_the_pool_of_the_anonymous_is_empty(engine):
    app = site(engine, anonymous_runs_per_minute=5)
    abuser = [run(browser(app), None).status_code for _ in range(100)]
    assert abuser.count(201) == 5
    answers = [run(client, ticket_of(client)) for client in (browser(app) for _ in range(30))]
    assert [answer.status_code for answer in answers] == [201] * 30
    learners = [learner for _, learner in engine.asked]
    assert learners.count(ANONYMOUS.learner) == 5
    assert len(set(learners)) == 31


def test_without_javascript_the_form_itself_gets_one(engine):
    app = site(engine, anonymous_runs_per_minute=1)
    run(browser(app), None)
    for _ in range(3):
        form = browser(app).post("/runs", data=BODY, follow_redirects=False)
        assert form.status_code == 303
        assert learner_cookie(form.cookies)
    assert ANONYMOUS.learner not in [learner for _, learner in engine.asked[1:]]


def test_a_copied_ticket_is_the_same_learner_and_no_second_one(engine):
    app = site(engine, runs_per_minute=2)
    ticket = ticket_of(browser(app))
    statuses = [run(browser(app), ticket).status_code for _ in range(4)]
    assert statuses == [201, 201, 429, 429]
    assert len({learner for _, learner in engine.asked}) == 1


def test_an_address_brings_so_many_newcomers_a_minute_and_further_ones_share_the_pool(engine):
    app = site(engine, newcomers_per_minute=3, anonymous_runs_per_minute=1)
    browsers = [browser(app) for _ in range(5)]
    statuses = [run(client, ticket_of(client)).status_code for client in browsers]
    assert statuses == [201] * 4 + [503]
    assert engine.asked[-1][1] == ANONYMOUS.learner
    assert run(browsers[0], None).status_code == 201  # who is known stays a learner of its own
    assert browser(app).post("/runs", data=BODY, follow_redirects=False).status_code == 503


def test_a_cookie_that_came_some_other_way_is_budgeted_as_a_ticket_is(engine):
    app = site(engine, newcomers_per_minute=2, anonymous_runs_per_minute=1)
    statuses = []
    for _ in range(4):
        client = browser(app)
        client.cookies.set("fromnoise", new_session(SECRET).cookie)
        statuses.append(run(client, None).status_code)
    assert statuses == [201, 201, 201, 503]


FORGED = {
    "nonsense": "ticket",
    "signed by another": new_ticket(b"another"),
    "run out": new_ticket(SECRET, now=0),
    "made longer": "9" + new_ticket(SECRET),
    "a session's cookie": new_session(SECRET).cookie,
    "very long": "1." + "a" * 20_000,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_ticket_that_is_none_leads_to_the_pool(engine, name):
    answer = run(browser(site(engine)), FORGED[name])
    assert answer.status_code == 201
    assert engine.asked[-1][1] == ANONYMOUS.learner


def test_a_ticket_lasts_for_the_time_that_is_said():
    ticket = new_ticket(SECRET, now=1000)
    assert learner_of(SECRET, ticket, now=1000 + LASTS_S)
    assert learner_of(SECRET, ticket, now=1001 + LASTS_S) is None
