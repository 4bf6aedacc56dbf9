"""Pages within pages of other sites: off, unless origins are named; and what is remembered there."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.web.small_course import Site

MOODLE = "https://moodle.example"
OPENED = {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site", "referer": f"{MOODLE}/"}
"""What a browser sends when a page of that site opens ours in a frame."""

WITHIN = {
    "sec-fetch-dest": "iframe",
    "sec-fetch-site": "same-origin",
    "referer": "https://localhost/lessons/x",
}
BY_SCRIPT = {"sec-fetch-dest": "empty", "sec-fetch-site": "same-origin", "x-embedded": "1"}
PRACTICE = "/lessons/colours/practice"


def policy(client: TestClient) -> str:
    return client.get("/").headers["content-security-policy"]


def test_no_site_may_show_ours_unless_it_is_named(site: Site) -> None:
    assert policy(site()).endswith("; frame-ancestors 'none'")
    assert "embedded" not in site().get("/lessons/colours").text


@pytest.mark.parametrize(
    "origins", [(MOODLE,), (MOODLE, "http://localhost:8080"), ("https://a.example:8443",)]
)
def test_those_that_are_named_may_and_nobody_else(site: Site, origins: tuple[str, ...]) -> None:
    client = site(embed_origins=origins)
    allowed = policy(client)
    assert allowed.endswith(f"; frame-ancestors {' '.join(origins)}")
    assert allowed.count("frame-ancestors") == 1
    assert "x-frame-options" not in client.get("/").headers
    rest = allowed.partition("; frame-ancestors")[0]
    assert rest == policy(site()).partition("; frame-ancestors")[0]


@pytest.mark.parametrize("headers", [OPENED, WITHIN, BY_SCRIPT], ids=["opened", "within", "by script"])
def test_under_tls_a_cookie_is_kept_for_the_site_around_it_alone(site: Site, headers: dict[str, str]) -> None:
    client = site(embed_origins=(MOODLE,), base="https://localhost")
    kept = client.get(PRACTICE, headers=headers).headers["set-cookie"]
    assert kept.startswith("__Host-fromnoise-")
    assert kept.endswith("; HttpOnly; Path=/; Secure; SameSite=none; Partitioned")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-dest": "document", "sec-fetch-site": "none"},
        {"sec-fetch-dest": "document", "sec-fetch-site": "cross-site", "referer": f"{MOODLE}/"},
        {"sec-fetch-dest": "empty", "sec-fetch-site": "same-origin"},
    ],
    ids=["no browser", "typed", "a link", "a script"],
)
def test_in_a_tab_of_its_own_the_cookie_is_the_usual_one(site: Site, headers: dict[str, str]) -> None:
    client = site(embed_origins=(MOODLE,), base="https://localhost")
    assert client.get(PRACTICE, headers=headers).headers["set-cookie"].endswith("; SameSite=lax")


@pytest.mark.parametrize(
    "referer",
    [None, "https://evil.example/", "https://moodle.example.evil/", "http://moodle.example/", "null"],
)
def test_a_frame_of_another_site_gets_no_cookie(site: Site, referer: str | None) -> None:
    headers = (
        {**OPENED, "referer": referer} if referer else {k: v for k, v in OPENED.items() if k != "referer"}
    )
    client = site(embed_origins=(MOODLE,), base="https://localhost")
    assert "set-cookie" not in client.get(PRACTICE, headers=headers).headers


@pytest.mark.parametrize("headers", [OPENED, WITHIN, BY_SCRIPT], ids=["opened", "within", "by script"])
def test_without_tls_nothing_is_kept_in_a_frame(site: Site, headers: dict[str, str]) -> None:
    client = site(embed_origins=(MOODLE,))
    assert "set-cookie" not in client.get(PRACTICE, headers=headers).headers
    assert "set-cookie" in client.get(PRACTICE).headers


def test_every_page_can_say_that_nothing_is_kept_and_is_the_same_for_all(site: Site) -> None:
    client = site(embed_origins=(MOODLE,))
    tab, frame = client.get("/lessons/colours"), client.get("/lessons/colours", headers=OPENED)
    assert (tab.text, tab.headers["etag"]) == (frame.text, frame.headers["etag"])
    (note,) = re.findall(r'<p class="embedded-note[^>]*hidden>(.*?)</p>', tab.text)
    assert "your progress is not kept" in note
    assert re.search(r'<script src="/static/embedded\.js\?v=[^"]+" defer></script>', tab.text)


def test_a_cookie_that_is_kept_in_a_frame_is_forgotten_in_it(site: Site) -> None:
    client = site(embed_origins=(MOODLE,), base="https://localhost")
    gone = client.post("/learner/new", headers=WITHIN, follow_redirects=False).headers["set-cookie"]
    assert "Max-Age=0" in gone
    assert gone.endswith("Secure; SameSite=none; Partitioned")


@pytest.mark.parametrize("headers", [OPENED, BY_SCRIPT], ids=["frame", "header"])
def test_where_no_frames_are_allowed_a_request_that_says_so_changes_nothing(
    site: Site, headers: dict[str, str]
) -> None:
    client = site(base="https://localhost")
    assert client.get(PRACTICE, headers=headers).headers["set-cookie"].endswith("; SameSite=lax")


def test_another_sites_page_still_sends_no_forms(site: Site) -> None:
    client = site(embed_origins=(MOODLE,), base="https://localhost")
    headers = {"sec-fetch-site": "cross-site", "origin": MOODLE}
    assert client.post("/learner/new", headers=headers).status_code == 403
