"""Which of our pages a request comes from."""

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from app.web.edge.origins import is_same_origin, lab_behind, lesson_behind
from tests.web.small_course import Site


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("https://learn.example", "learn.example", True),
        ("https://learn.example", "learn.example:443", True),
        ("http://learn.example:80", "learn.example", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("https://learn.example:8443", "learn.example", False),
        ("http://learn.example:99999", "learn.example", False),
        ("ftp://learn.example", "learn.example", False),
        ("http://", "", False),
    ],
)
def test_an_origin_is_ours_when_host_and_port_agree(origin, host, same):
    assert is_same_origin(origin, host) is same


@pytest.mark.parametrize(
    ("referer", "lesson"),
    [
        ("http://localhost/lessons/colours", "/lessons/colours"),
        ("http://localhost/lessons/colours?a=1#player-1", "/lessons/colours"),
        ("http://localhost/lessons/colours/practice?q=one", "/lessons/colours"),
        ("http://localhost/lessons/gone", None),
        ("http://localhost/lessons/", None),
        ("http://localhost/lessons/colours%2f..%2f", None),
        ("http://localhost/", None),
        ("http://localhost:81/lessons/colours", None),
        ("http://elsewhere.example/lessons/colours", None),
        ("http://localhost@elsewhere.example/lessons/colours", None),
        ("//localhost/lessons/colours", None),
        ("/lessons/colours", None),
        ("http://[localhost/lessons/colours", None),
        ("", None),
        (None, None),
    ],
)
def test_the_lesson_that_a_form_was_sent_from_is_one_of_ours_or_none(site: Site, referer, lesson):
    headers = [(b"host", b"localhost")] + ([(b"referer", referer.encode())] if referer is not None else [])
    request = Request({"type": "http", "app": site().app, "headers": headers})
    assert lesson_behind(request) == lesson


@pytest.mark.parametrize(
    ("referer", "lab"),
    [
        ("http://localhost/labs/player", "/labs/player"),
        ("http://localhost/labs/player?a=1#lab-1", "/labs/player"),
        ("http://localhost/labs", None),
        ("http://localhost/labs/", None),
        ("http://localhost/labs/player/..", None),
        ("http://localhost/labs/%0aplayer", None),
        ("http://localhost/lessons/colours", None),
        ("http://elsewhere.example/labs/player", None),
        ("/labs/player", None),
        (None, None),
    ],
)
def test_the_lab_that_a_form_was_sent_from_is_one_of_ours_or_none(referer, lab):
    headers = [(b"host", b"localhost")] + ([(b"referer", referer.encode())] if referer is not None else [])
    assert lab_behind(Request({"type": "http", "headers": headers})) == lab


def test_a_server_without_a_course_has_no_lesson_to_lead_back_to():
    headers = [(b"host", b"localhost"), (b"referer", b"http://localhost/lessons/colours")]
    assert lesson_behind(Request({"type": "http", "app": FastAPI(), "headers": headers})) is None
