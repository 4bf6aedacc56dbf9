"""Fixtures of the tests of questions and answers: the app over its records, and a client of it."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from app.learners.database import open_records
from tests.web.answering import app_for, catalogue


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'records.sqlite3'}"


@pytest.fixture
def records(url):
    records = open_records(url, patience_s=0.3)
    yield records
    records.close()


@pytest.fixture
def app(records):
    return app_for(records, catalogue())


@pytest.fixture
def client(app):
    with TestClient(app, base_url="http://localhost") as client:
        yield client
