"""A site with predictions for a file's tests, and a new learner on it for each."""

from __future__ import annotations

import pytest

from tests.web.practice.predicting import site, sql


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bets")


@pytest.fixture(scope="module")
def one_site(folder):
    client, engine = site(folder)
    yield client, engine
    client.__exit__(None, None, None)


@pytest.fixture
def bets(one_site, folder):
    """Make a new learner on the site, with an engine that is well and records without predictions."""
    client, engine = one_site
    client.cookies.clear()
    engine.recover()
    sql(folder, "DELETE FROM predictions")
    return client, engine
