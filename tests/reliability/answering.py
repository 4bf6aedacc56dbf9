"""A learner who answers the questions of the small course, one connection a request."""

from __future__ import annotations

import http.client
import json

from app.course.question import opaque_id
from benchmarks.connection import Answer


def option_id(text: str) -> str:
    """Return the id of an option of the first question, which is a hash; the right one is red."""
    return opaque_id("one", text)


class Learner:
    """One browser, which keeps the cookie that it gets."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookie: dict[str, str] = {}

    def answer(self, text: str, attempt: str) -> Answer:
        """Choose an option of the first question."""
        body = {"options": [option_id(text)], "attempt": attempt}
        return self.ask("POST", "/api/questions/one/answers", body)

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Ask for anything.

        Raises:
            OSError, HTTPException: there was no answer.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            headers = {"content-type": "application/json", **self._cookie}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            came = connection.getresponse()
            answer = Answer(
                came.status, {name.lower(): value for name, value in came.getheaders()}, came.read()
            )
        finally:
            connection.close()
        if cookie := answer.headers.get("set-cookie"):
            self._cookie = {"cookie": cookie.split(";")[0]}
        return answer
