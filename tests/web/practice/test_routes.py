from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from app.course.question import opaque_id
from app.learners.sessions import new_session
from tests.web.cookies import learner_cookie
from tests.web.services import change_services
from tests.web.small_course import COURSE, OPTIONS, Site, question

PRACTICE = "/lessons/colours/practice"
HTMX = {"hx-request": "true"}


def option(name: str, text: str) -> str:
    return opaque_id(name, text)


def shown(page: str) -> list[str]:
    """List the texts of the options in the order of the page."""
    return re.findall(r'class="option-text">\s*(\w+)', page)


def attempt(page: str) -> str:
    found = re.search(r'name="attempt" value="([^"]+)"', page)
    assert found
    return found[1]


def answer(
    client: TestClient,
    name: str,
    *texts: str,
    missed: bool = False,
    again: int | None = None,
    **kwargs: object,
):
    address = f"{PRACTICE}?q={name}{'&missed=1' if missed else ''}"
    page = client.get(f"{address}&again={again}" if again else address).text
    data = {"option": [option(name, text) for text in texts], "attempt": attempt(page)}
    return client.post(address, data=data, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def client(site: Site) -> TestClient:
    return site()


class Reader(HTMLParser):
    """Collects everything a page holds: its text and the values of its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [value for _, value in attrs if value]

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_comment(self, data: str) -> None:
        self.seen.append(data)


def test_options_keep_one_learners_order_from_question_to_answer(client: TestClient) -> None:
    first = client.get(f"{PRACTICE}?q=one").text
    assert sorted(shown(first)) == sorted(OPTIONS)
    assert shown(client.get(f"{PRACTICE}?q=one").text) == shown(first)
    assert shown(answer(client, "one", "Red").text) == shown(first)


def test_learners_see_options_in_orders_of_their_own(client: TestClient) -> None:
    orders = set()
    for _ in range(12):
        client.cookies.clear()
        orders.add(tuple(shown(client.get(f"{PRACTICE}?q=one").text)))
    assert len(orders) > 3


def test_nothing_that_tells_the_key_is_in_a_page_before_an_answer(client: TestClient) -> None:
    for path in (
        PRACTICE,
        f"{PRACTICE}?q=some",
        f"{PRACTICE}/summary",
        "/lessons/colours/print",
        "/lessons/colours",
        "/",
    ):
        page = client.get(path).text
        reader = Reader()
        reader.feed(page)
        assert not any("CANARY" in text for text in reader.seen)
        assert "CANARY" not in page


def test_courses_that_differ_only_in_their_keys_give_the_same_page_before_an_answer(site: Site) -> None:
    other = [question("one", ("Yellow",)), question("two", ("Red",)), question("some", ("Green",), "several")]
    secret = b"s" * 32
    cookie = {"cookie": f"fromnoise={new_session(secret).cookie}"}
    pages = []
    for client in (site(*COURSE), site(*other)):
        change_services(client.app, secret=secret)
        texts = [client.get(f"{PRACTICE}?q={name}", headers=cookie).text for name in ("one", "two", "some")]
        pages.append([re.sub(r'name="attempt" value="[^"]+"', "", text) for text in texts])
    assert pages[0] == pages[1]


def test_an_answer_reveals_verdict_feedback_steps_answer_check_and_mistakes_in_this_order(
    client: TestClient,
) -> None:
    first = answer(client, "one", "Yellow").text
    assert "CANARY one feedback on Yellow" in first
    page = answer(client, "one", "Green").text
    parts = (
        "Not right.",
        "CANARY one feedback on Green",
        "CANARY one step one",
        "CANARY one step two",
        "CANARY one final",
        "CANARY one check",
        "CANARY one mistake",
    )
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "feedback on Red" not in page
    assert "CANARY two" not in page


def test_a_question_of_several_wants_all_that_are_right_and_no_other(client: TestClient) -> None:
    assert "Not right." in answer(client, "some", "Blue").text
    assert "Not right." in answer(client, "some", "Blue", "Red", "Green").text
    assert "Right." in answer(client, "some", "Blue", "Red", again=1).text


def test_sending_without_a_choice_asks_again_and_records_nothing(client: TestClient) -> None:
    page = answer(client, "one")
    assert page.status_code == 422
    assert "Choose an option first." in page.text
    assert "CANARY" not in page.text
    assert "Nothing answered yet" in client.get(f"{PRACTICE}/summary").text


def test_the_same_form_sent_twice_counts_once(client: TestClient) -> None:
    address = f"{PRACTICE}?q=one"
    data = {"option": option("one", "Green"), "attempt": attempt(client.get(address).text)}
    first, second = client.post(address, data=data), client.post(address, data=data)
    assert first.status_code == second.status_code == 200
    assert first.text.count("One try is left") == second.text.count("One try is left") == 1
    assert answer(client, "one", "Red").status_code == 200
    assert "1 right at the second try" in client.get(f"{PRACTICE}/summary").text


def test_the_same_form_with_another_choice_is_refused(client: TestClient) -> None:
    address = f"{PRACTICE}?q=one"
    data = {"attempt": attempt(client.get(address).text)}
    client.post(address, data=data | {"option": option("one", "Green")})
    refused = client.post(address, data=data | {"option": option("one", "Red")})
    assert refused.status_code == 409
    assert "CANARY" not in refused.text
    assert "Load this page again" in refused.text


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"option": "nonsense", "attempt": "a" * 20}, 422),
        ({"option": ["", ""], "attempt": "a" * 20}, 422),
        ({"option": [option("one", "Red")] * 2, "attempt": "a" * 20}, 422),
        ({"option": [option("one", "Red"), option("one", "Blue")], "attempt": "a" * 20}, 422),
        ({"option": option("two", "Red"), "attempt": "a" * 20}, 422),
        ({"option": option("one", "Red"), "attempt": ""}, 422),
        ({"option": option("one", "Red"), "attempt": "\0" * 20}, 422),
        ({"option": option("one", "Red"), "attempt": "a" * 300}, 422),
        ({f"field{number}": "x" for number in range(300)}, 400),
        ({"option": "x" * 100_000}, 413),
    ],
)
def test_a_form_that_no_page_of_ours_sends_is_refused_and_recorded_nowhere(
    client: TestClient, data: dict[str, str], status: int
) -> None:
    client.get(PRACTICE)
    refused = client.post(f"{PRACTICE}?q=one", data=data)
    assert refused.status_code == status
    assert "CANARY" not in refused.text
    assert "Nothing answered yet" in client.get(f"{PRACTICE}/summary").text


def test_a_file_in_the_form_is_refused(client: TestClient) -> None:
    refused = client.post(f"{PRACTICE}?q=one", files={"option": ("x.txt", b"x")})
    assert 400 <= refused.status_code < 500


def test_a_forged_cookie_is_replaced_and_the_answer_is_a_new_learners(client: TestClient) -> None:
    page = client.get(f"{PRACTICE}?q=one").text
    client.cookies.clear()
    data = {"option": option("one", "Red"), "attempt": attempt(page)}
    forged = f"{'0' * 32}.{'0' * 64}"
    taken = client.post(f"{PRACTICE}?q=one", data=data, headers={"cookie": f"fromnoise={forged}"})
    assert taken.status_code == 200
    assert learner_cookie(taken.cookies) not in ("", forged)


def test_another_sites_page_cannot_answer(client: TestClient) -> None:
    data = {"option": option("one", "Red"), "attempt": "a" * 20}
    refused = client.post(f"{PRACTICE}?q=one", data=data, headers={"sec-fetch-site": "cross-site"})
    assert refused.status_code == 403


def test_with_htmx_only_the_part_that_changes_is_sent(client: TestClient) -> None:
    part = answer(client, "one", "Red", headers=HTMX).text
    assert part.lstrip().startswith('<section class="asked" id="question-one"')
    assert re.findall(r'id="([^"]+)"[^>]* hx-swap-oob="true"', part) == ["practice-dots", "practice-onward"]
    assert "<html" not in part
    assert "CANARY one final" in part


def test_a_refusal_with_htmx_is_a_fragment_too(client: TestClient) -> None:
    refused = client.post(f"{PRACTICE}?q=one", data={"option": "nonsense", "attempt": "a" * 20}, headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert 'role="alert"' in refused.text


def test_without_a_name_the_first_question_not_yet_answered_is_asked(client: TestClient) -> None:
    assert "Question 1" in client.get(PRACTICE).text
    answer(client, "one", "Green")
    assert "Question 1" in client.get(PRACTICE).text, "a try is left"
    answer(client, "one", "Blue")
    assert "Question 2" in client.get(PRACTICE).text


def test_next_leads_through_all_questions_to_the_summary(client: TestClient) -> None:
    addresses = []
    for name, *texts in (("one", "Red"), ("two", "Green"), ("some", "Red", "Blue")):
        page = answer(client, name, *texts).text
        addresses += re.findall(r'href="([^"]+)" data-next', page)
    assert addresses == [f"{PRACTICE}?q=two", f"{PRACTICE}?q=some", f"{PRACTICE}/summary"]


@pytest.mark.parametrize(
    "path", [f"{PRACTICE}?q=nothing", "/lessons/none/practice", "/lessons/none/practice/summary"]
)
def test_unknown_questions_and_lessons_are_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_practice_is_never_stored_by_caches(client: TestClient) -> None:
    assert client.get(PRACTICE).headers["cache-control"] == "no-store"
    assert answer(client, "one", "Red").headers["cache-control"] == "no-store"


def test_who_repeats_anothers_form_gets_the_verdict_and_neither_cookie_nor_progress(
    client: TestClient,
) -> None:
    page = client.get(f"{PRACTICE}?q=one").text
    data = {"option": option("one", "Red"), "attempt": attempt(page)}
    client.cookies.clear()
    assert learner_cookie(client.post(f"{PRACTICE}?q=one", data=data).cookies)
    other = client.get(f"{PRACTICE}?q=two").text
    client.post(f"{PRACTICE}?q=two", data={"option": option("two", "Green"), "attempt": attempt(other)})
    client.cookies.clear()
    repeated = client.post(f"{PRACTICE}?q=one", data=data)
    assert "set-cookie" not in repeated.headers
    assert "Right." in repeated.text
    assert "1 right at once" in repeated.text
    assert "2 right at once" not in repeated.text
