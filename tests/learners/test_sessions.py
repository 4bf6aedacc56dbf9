import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidRequest
from app.learners.sessions import (
    is_own_attempt,
    new_attempt,
    new_session,
    read_session,
    session_for_submission,
)

SECRET = b"s" * 32
ATTEMPT = "0123456789abcdef"


def test_a_cookie_made_here_is_read_back_as_the_same_learner():
    session = new_session(SECRET)
    assert read_session(SECRET, session.cookie) == session


def test_two_new_learners_differ():
    assert new_session(SECRET).learner_key != new_session(SECRET).learner_key


def test_the_learner_key_is_a_hash_of_the_token_and_does_not_make_a_cookie():
    session = new_session(SECRET)
    token = session.cookie.split(".")[0]
    assert session.learner_key == hashlib.sha256(token.encode()).hexdigest()
    assert session.learner_key not in session.cookie


@pytest.mark.parametrize(
    "forged",
    [
        "",
        ".",
        "0" * 32,
        "0" * 32 + "." + "0" * 64,
        "x" * 8192,
        new_session(b"another secret").cookie,
        new_session(SECRET).cookie.upper(),
        new_session(SECRET).cookie + "\n",
        " " + new_session(SECRET).cookie,
        "\ud800",
    ],
    ids=[
        "empty",
        "a dot",
        "a token alone",
        "zeros",
        "too long",
        "another secret",
        "capitals",
        "line break",
        "space",
        "surrogate",
    ],
)
def test_a_forged_cookie_is_refused(forged):
    with pytest.raises(InvalidRequest) as caught:
        read_session(SECRET, forged)
    assert caught.value.field == "cookie"


@given(position=st.integers(0, 96), letter=st.sampled_from(string.hexdigits.lower()))
def test_changing_any_character_of_a_cookie_is_noticed(position, letter):
    cookie = session_for_submission(SECRET, "q", ATTEMPT, ["a"]).cookie
    altered = cookie[:position] + letter + cookie[position + 1 :]
    if altered == cookie:
        return
    with pytest.raises(InvalidRequest):
        read_session(SECRET, altered)


def test_identical_submissions_without_a_cookie_are_one_learner():
    first = session_for_submission(SECRET, "q1", ATTEMPT, ["b", "a"])
    assert session_for_submission(SECRET, "q1", ATTEMPT, ["a", "b"]) == first
    assert read_session(SECRET, first.cookie) == first


@pytest.mark.parametrize(
    "other",
    [
        ("q2", ATTEMPT, ["a", "b"]),
        ("q1", ATTEMPT + "0", ["a", "b"]),
        ("q1", ATTEMPT, ["a"]),
        ("q1", ATTEMPT, ["ab"]),
    ],
)
def test_different_submissions_without_a_cookie_are_different_learners(other):
    assert session_for_submission(SECRET, *other) != session_for_submission(SECRET, "q1", ATTEMPT, ["a", "b"])


def test_a_short_attempt_token_begins_a_new_learner_each_time():
    assert session_for_submission(SECRET, "q1", "1", ["a"]) != session_for_submission(
        SECRET, "q1", "1", ["a"]
    )


def test_only_tokens_of_ours_are_known_as_such():
    attempt = new_attempt(SECRET)
    assert is_own_attempt(SECRET, attempt)
    token, _, tag = attempt.rpartition(".")
    for other in (
        "",
        ".",
        "a",
        ATTEMPT,
        token,
        f"{token}.",
        f"{token}x.{tag}",
        f"{token}.{tag}0",
        f".{tag}",
        "\ud800",
    ):
        assert not is_own_attempt(SECRET, other), other
    assert not is_own_attempt(b"another", attempt)
    assert new_attempt(SECRET) != attempt


def test_another_servers_secret_gives_another_learner():
    submission = ("q1", ATTEMPT, ["a"])
    assert session_for_submission(SECRET, *submission) != session_for_submission(b"other", *submission)
