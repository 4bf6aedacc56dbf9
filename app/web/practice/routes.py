"""Practice: one question at a time, on a page of its own that works without JavaScript.

Nothing that tells the key is in a page before an answer: the reveal is rendered from the grade.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.course.lesson import Lesson
from app.course.question import Question
from app.errors import InvalidRequest, NotFound
from app.learners.attempts import Answered
from app.learners.sessions import Session, new_session
from app.questions.kind import Grade, Kinds
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.practice.answering import submit_answer
from app.web.practice.asked import asked
from app.web.practice.contexts import AnsweredContext, Dot, PracticeContext, SummaryContext, SummaryRow
from app.web.practice.progress import PERSONAL, answered

router = APIRouter()


@router.get("/lessons/{slug}/practice", include_in_schema=False)
async def ask(
    request: Request, slug: str, session: CurrentSession, q: str | None = None, missed: bool = False
) -> Response:
    """Ask a question: the one named, else the first that this learner has not answered."""
    services = services_of(request)
    lesson: Lesson = services.catalogue.lesson(slug)
    learner = session or new_session(services.secret)
    answers = await answered(request, session, [lesson])
    question = _question(request, lesson, q) if q else _first_untried(lesson, answers)
    page = PracticePage(lesson, question, services.kinds, answers, learner, missed_only=missed)
    response = _answer(request, page.context(), status=200)
    if session is None:
        keep_session(request, response, learner)
    return response


@router.post("/lessons/{slug}/practice", include_in_schema=False)
async def answer(
    request: Request, slug: str, session: CurrentSession, q: str, missed: bool = False
) -> Response:
    """Take an answer and show the worked solution."""
    services = services_of(request)
    lesson: Lesson = services.catalogue.lesson(slug)
    question = _question(request, lesson, q)
    async with request.form(max_fields=20, max_files=0) as form:
        given = [str(value) for value in form.getlist("option") if str(value).strip()]
        attempt = str(form.get("attempt", ""))
    if not given:
        learner = session or new_session(services.secret)
        answers = await answered(request, session, [lesson])
        page = PracticePage(lesson, question, services.kinds, answers, learner, missed_only=missed)
        problem = services.kinds[question.kind].nothing_given
        return _answer(request, page.context(problem=problem), status=422)
    submitted = await submit_answer(request, question, given, attempt)
    answers = await answered(request, submitted.session, [lesson])
    page = PracticePage(lesson, question, services.kinds, answers, submitted.session, missed_only=missed)
    response = _answer(request, page.context(given, submitted.grade), status=200)
    if submitted.is_new_session:
        keep_session(request, response, submitted.session)
    return response


@router.get("/lessons/{slug}/practice/summary", include_in_schema=False)
async def summary(request: Request, slug: str, session: CurrentSession) -> Response:
    """Show how a lesson's questions went."""
    lesson: Lesson = services_of(request).catalogue.lesson(slug)
    answers = await answered(request, session, [lesson])
    states = {question.id: state_of(answers.get(question.id)) for question in lesson.questions}
    rows = tuple(
        SummaryRow(number, question, states[question.id], practice_address(lesson, question))
        for number, question in enumerate(lesson.questions, 1)
    )
    missed = [row.question for row in rows if row.state == "wrong"]
    untried = [row.question for row in rows if row.state == "untried"]
    context = SummaryContext(
        lesson=lesson,
        rows=rows,
        answered=len(answers),
        right_first=sum(state == "right" for state in states.values()),
        right_now=sum(state in ("right", "mended") for state in states.values()),
        missed_address=practice_address(lesson, missed[0], missed_only=True) if missed else None,
        untried_address=practice_address(lesson, untried[0]) if untried else None,
    )
    return HTMLResponse(render(services_of(request).templates, context), headers=PERSONAL)


class PracticePage:
    """One question of a lesson as one learner sees it.

    Args:
        lesson: the lesson.
        question: the question.
        kinds: every kind of question.
        answers: what the learner has answered of the lesson so far.
        learner: whose order the options are in.
        missed_only: the learner goes through what was missed.
    """

    def __init__(
        self,
        lesson: Lesson,
        question: Question,
        kinds: Kinds,
        answers: Mapping[str, Answered],
        learner: Session,
        *,
        missed_only: bool,
    ) -> None:
        self._lesson = lesson
        self._question = question
        self._kinds = kinds
        self._answers = answers
        self._learner = learner
        self._missed_only = missed_only

    def context(
        self, given: Sequence[str] = (), grade: Grade | None = None, problem: str | None = None
    ) -> PracticeContext:
        """Return what the template needs, before (no grade) or after an answer."""
        question, lesson = self._question, self._lesson
        number = lesson.questions.index(question) + 1
        following = self._following()
        return PracticeContext(
            lesson=lesson,
            number=number,
            asked=asked(
                question,
                self._kinds,
                self._learner.learner_key,
                label=f"Question {number}",
                address=practice_address(lesson, question, missed_only=self._missed_only),
                answer=given,
                grade=grade,
                problem=problem,
            ),
            dots=dots(lesson, self._answers, question),
            next_address=practice_address(lesson, following, missed_only=self._missed_only)
            if following
            else f"/lessons/{lesson.slug}/practice/summary",
            next_is_summary=following is None,
            missed_only=self._missed_only,
        )

    def _following(self) -> Question | None:
        """Find the next question: any after this one, or the next that was missed."""
        questions = self._lesson.questions
        later = questions[questions.index(self._question) + 1 :]
        if self._missed_only:
            later = tuple(q for q in later if state_of(self._answers.get(q.id)) == "wrong")
        return later[0] if later else None


def practice_address(lesson: Lesson, question: Question, *, missed_only: bool = False) -> str:
    """Say where a question is asked."""
    query = {"q": question.id} | ({"missed": "1"} if missed_only else {})
    return f"/lessons/{lesson.slug}/practice?{urlencode(query)}"


def dots(lesson: Lesson, answers: Mapping[str, Answered], current: Question) -> tuple[Dot, ...]:
    """Mark how every question of a lesson stands."""
    return tuple(
        Dot(number, question.id, state_of(answers.get(question.id)), question is current)
        for number, question in enumerate(lesson.questions, 1)
    )


def state_of(answer: Answered | None) -> str:
    """Name how a question stands: untried, wrong, mended (missed first, right since) or right."""
    if answer is None:
        return "untried"
    if answer.last_verdict != "right":
        return "wrong"
    return "right" if answer.first_verdict == "right" else "mended"


def _question(request: Request, lesson: Lesson, question_id: str) -> Question:
    """Find a question, by its id or by one that it had before, in no other lesson than this."""
    owner, question = services_of(request).catalogue.find(question_id)
    if owner is not lesson:
        raise NotFound(f"This lesson has no question {question_id[:80]!r}.")
    return question


def _first_untried(lesson: Lesson, answers: Mapping[str, Answered]) -> Question:
    if not lesson.questions:
        raise InvalidRequest("This lesson has no questions yet.")
    untried = [question for question in lesson.questions if question.id not in answers]
    return untried[0] if untried else lesson.questions[0]


def _answer(request: Request, context: PracticeContext, status: int) -> HTMLResponse:
    """Send the whole page, or for htmx the parts of it that change."""
    sent = AnsweredContext(**vars(context)) if "hx-request" in request.headers else context
    return HTMLResponse(render(services_of(request).templates, sent), status, PERSONAL)
