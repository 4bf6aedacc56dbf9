"""The site below a path: what comes in, and every address that goes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.errors import InvalidRequest
from tests.web.small_course import Site

HOLDS_ADDRESS = re.compile(
    r'\s(?:href|src|srcset|action|formaction|poster|hx-get|hx-post|content)="(/[^"]*)"'
)
START = ("/", "/labs", "/glossary", "/search", "/search?q=light", "/privacy", "/licences", "/learner/forget")
OF_LESSON = ("", "/print", "/practice", "/practice/summary", "/practice?q=one&again=0")
PAGES = (*START, *(f"/lessons/colours{end}" for end in OF_LESSON), "/fragments/progress", "/no/such/page")
ROOTS = pytest.mark.parametrize("root", ["/noise", "/a/b-c", "/lessonsX"])


@pytest.fixture(params=["passed on", "taken off"])
def below(site: Site, request: pytest.FixtureRequest) -> Iterator[tuple[TestClient, str]]:
    """A site below `/noise`, and what a proxy puts before a path: the prefix, or nothing."""
    yield site(root_path="/noise"), "/noise" if request.param == "passed on" else ""


def addresses(html: str) -> set[str]:
    """List the addresses on this site that a page has."""
    return {unescape(address) for address in HOLDS_ADDRESS.findall(html) if not address.startswith("//")}


def test_every_address_of_every_page_is_below_the_path(below: tuple[TestClient, str]) -> None:
    client, prefix = below
    for path in PAGES:
        answer = client.get(prefix + path)
        assert answer.status_code == (404 if path == "/no/such/page" else 200), path
        found = addresses(answer.text)
        assert found, path
        assert [address for address in found if not re.match(r"/noise(/|$)", address)] == [], path
        assert '"/noise/noise' not in answer.text, path


def test_every_address_that_a_page_leads_to_is_there(site: Site) -> None:
    """A walk over the whole site, from the home page on: pages, styles, scripts, and what these name."""
    client = site(root_path="/noise")
    waiting, seen = {"/noise"}, set()
    while waiting:
        address = waiting.pop()
        path = address.partition("#")[0]
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, headers={"hx-request": "true"} if "/fragments/" in path else {})
        assert answer.status_code in (200, 405), path  # forms lead to addresses that take no GET
        kind = answer.headers.get("content-type", "")
        if kind.startswith("text/html"):
            waiting |= {found for found in addresses(answer.text) if found.startswith("/noise")}
        elif kind.startswith("text/javascript"):
            named = re.findall(r'(?:from|import) "(\.[^"]+)"', answer.text)
            waiting |= {urlsplit(str(answer.url.join(name))).path for name in named}
        elif kind.startswith("text/css"):
            named = re.findall(r'url\("([^"]+)"\)', answer.text)
            waiting |= {urlsplit(str(answer.url.join(name))).path for name in named}
    assert len([path for path in seen if "/static/" in path]) > 30
    assert {f"/noise{path}" for path in START if "?" not in path and path != "/"} <= seen
    assert "/noise/lessons/colours/practice" in seen


def test_files_are_kept_for_ever_by_their_hash(site: Site) -> None:
    client = site(root_path="/noise")
    (address,) = re.findall(r'href="([^"]*tokens\.css[^"]*)"', client.get("/noise").text)
    assert address.startswith("/noise/static/tokens.css?v=")
    assert "immutable" in client.get(address).headers["cache-control"]


@ROOTS
def test_a_page_tells_its_scripts_the_path_and_is_the_same_for_all(site: Site, root: str) -> None:
    client = site(root_path=root)
    first, second = client.get(f"{root}/lessons/colours"), client.get("/lessons/colours")
    assert f'<html data-root="{root}" lang="en">' in first.text
    assert (first.text, first.headers["etag"]) == (second.text, second.headers["etag"])
    again = client.get(f"{root}/lessons/colours", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


def test_at_the_root_no_page_says_anything_of_it(site: Site) -> None:
    html = site().get("/lessons/colours").text
    assert "data-root" not in html
    assert '<html lang="en">' in html


def test_forms_links_and_redirections_lead_through_a_whole_practice(below: tuple[TestClient, str]) -> None:
    client, prefix = below

    def opened(address: str) -> str:
        """As a proxy passes it on that the browser asks for an address below the path."""
        assert address.startswith("/noise/")
        return prefix + address.removeprefix("/noise")

    page = client.get(f"{prefix}/lessons/colours/practice").text
    (form,) = re.findall(r'action="([^"]+/practice\?[^"]*)"', page)
    (attempt,) = re.findall(r'name="attempt" value="([^"]+)"', page)
    (red,) = re.findall(r'value="([^"]+)"[^>]*>(?:(?!value=).)*?Red', page, re.DOTALL)[:1]
    told = client.post(opened(unescape(form)), data={"attempt": attempt, "option": red})
    assert told.status_code == 200
    new = client.post(f"{prefix}/learner/new", follow_redirects=False)
    assert (new.status_code, new.headers["location"]) == (303, "/noise/learner/new")
    back = client.get(f"{prefix}/lessons/colours/practice/solution?q=one", follow_redirects=False)
    assert back.headers["location"].startswith("/noise/lessons/colours/practice?")


def test_a_slash_too_many_leads_below_the_path(below: tuple[TestClient, str]) -> None:
    client, prefix = below
    for path in ("/labs", "/privacy", "/lessons/colours"):
        answer = client.get(f"{prefix}{path}/", follow_redirects=False)
        assert answer.status_code in (301, 307, 308)
        assert answer.headers["location"] == f"http://localhost/noise{path}"


def test_the_cookie_is_for_the_path_alone(below: tuple[TestClient, str]) -> None:
    client, prefix = below
    kept = client.get(f"{prefix}/lessons/colours/practice").headers["set-cookie"]
    assert "; Path=/noise;" in kept
    assert "SameSite=lax" in kept
    forgotten = client.post("/noise/learner/new", follow_redirects=False).headers["set-cookie"]
    assert "Max-Age=0; HttpOnly; Path=/noise;" in forgotten


def test_under_https_the_cookies_name_takes_the_root(site: Site) -> None:
    client = site(root_path="/noise", base="https://localhost")
    kept = client.get("/noise/lessons/colours/practice").headers["set-cookie"]
    assert kept.startswith("__Host-fromnoise-")
    assert "; Path=/; Secure;" in kept


def test_a_form_is_known_to_come_from_its_lesson(below: tuple[TestClient, str]) -> None:
    client, prefix = below
    headers = {"referer": "http://localhost/noise/lessons/colours"}
    answer = client.post(f"{prefix}/runs", data={"model": "absent"}, headers=headers)
    assert answer.status_code == 422
    assert 'href="/noise/lessons/colours"' in answer.text
    elsewhere = {"referer": "http://localhost/lessons/colours"}  # another site's on the same host
    assert "lessons/colours" not in client.post(f"{prefix}/runs", data={"model": "a"}, headers=elsewhere).text


def test_what_somebody_typed_stays_as_it_is(site: Site) -> None:
    page = site(root_path="/noise").get("/noise/search", params={"q": "/labs"}).text
    assert 'value="/labs"' in page


def test_a_path_that_only_begins_alike_is_no_page(site: Site) -> None:
    assert site(root_path="/noise").get("/noisemaker/labs").status_code == 404
    assert site(root_path="/noise").get("/noise/noise/labs").status_code == 404


@pytest.mark.parametrize("root", ["/labs", "/static", "/api/noise", "/lessons", "/learner", "/healthz"])
def test_a_path_like_one_of_the_sites_own_is_refused(site: Site, root: str) -> None:
    with pytest.raises(InvalidRequest, match="ROOT_PATH"):
        site(root_path=root)


def test_the_description_of_the_interface_says_where_it_is(site: Site) -> None:
    described = site(root_path="/noise").get("/noise/api/openapi.json").json()
    assert described["servers"] == [{"url": "/noise"}]
