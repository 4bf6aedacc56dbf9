"""The pages to which the course check lets lessons link are those that the server has."""

from __future__ import annotations

from app.course.links import OF_A_LESSON, PAGES
from tests.web.small_course import Site

PARTS = ("", "/", "/practice", "/practice/summary", "/print")


def test_every_page_that_may_be_linked_is_there(site: Site) -> None:
    client = site()
    addresses = [page.replace("*", "player") for page in PAGES]
    of_lesson = [f"/lessons/colours{part}" for part in PARTS]
    assert all(OF_A_LESSON.fullmatch(address) for address in of_lesson)
    assert [one for one in [*addresses, *of_lesson] if client.get(one).status_code != 200] == []
