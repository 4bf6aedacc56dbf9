"""Practice: one question at a time, on a page of its own that works without JavaScript.

Nothing that tells the key is in a page before the sitting has ended: what is shown comes from the records.
"""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.course.lesson import Lesson
from app.course.question import Question
from app.errors import InvalidRequest, NotFound
from app.learners.sessions import Session, new_session
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session, session_of
from app.web.practice.addresses import practice_address
from app.web.practice.answering import submit_answer, submit_giving_up
from app.web.practice.asked import Occasion, rounds_of
from app.web.practice.contexts import AnsweredContext, Memory, PracticeContext, SummaryContext, SummaryRow
from app.web.practice.page import PracticePage, first_unfinished, missed_address
from app.web.practice.progress import PERSONAL, predicted_in, standings
from app.web.practice.tally import WORTH_ANOTHER, state_of, tally

router = APIRouter()

MemoryMark = Literal["none"] | None
"""What stands in the address for a browser that keeps no cookie."""


@router.get("/lessons/{slug}/practice", include_in_schema=False)
async def ask(
    request: Request,
    slug: str,
    session: CurrentSession,
    q: str | None = None,
    missed: bool = False,
    again: int | None = None,
    memory: MemoryMark = None,
) -> Response:
    """Ask a question, or show its solution again: the one named, else the first that is unfinished."""
    services = services_of(request)
    lesson: Lesson = services.catalogue.lesson(slug)
    learner = session or new_session(services.secret)
    found = await standings(request, session, [lesson])
    if not lesson.questions:
        raise InvalidRequest("This lesson has no questions yet.")
    question = _question(request, lesson, q) if q else first_unfinished(lesson, found)
    kept: Memory = "none" if memory and session is None else "kept"
    page = PracticePage(lesson, question, services.kinds, found, learner, missed_only=missed, memory=kept)
    response = _answer(request, page.context(Occasion(again=again)), status=200)
    if session is None:
        keep_session(request, response, learner)
    return response


@router.post("/lessons/{slug}/practice", include_in_schema=False)
async def answer(
    request: Request,
    slug: str,
    session: CurrentSession,
    q: str,
    missed: bool = False,
    memory: MemoryMark = None,
) -> Response:
    """Take an answer; show what is wrong with it, or the worked solution."""
    services = services_of(request)
    lesson: Lesson = services.catalogue.lesson(slug)
    question = _question(request, lesson, q)
    given, attempt = await answer_in_form(request)
    if not given:
        learner = session or new_session(services.secret)
        found = await standings(request, session, [lesson])
        page = PracticePage(lesson, question, services.kinds, found, learner, missed_only=missed)
        problem = services.kinds[question.kind].nothing_given
        again = rounds_of(found.get(question.id))
        return _answer(request, page.context(Occasion(again=again, problem=problem)), status=422)
    submitted = await submit_answer(request, question, given, attempt)
    return await _told(
        request,
        lesson,
        question,
        submitted.session,
        missed=missed,
        memory=_memory(session, memory),
        is_somebody_elses=session is None and not submitted.is_new_session,
    )


@router.post("/lessons/{slug}/practice/solution", include_in_schema=False)
async def give_up(
    request: Request,
    slug: str,
    session: CurrentSession,
    q: str,
    missed: bool = False,
    memory: MemoryMark = None,
) -> Response:
    """Show the worked solution."""
    lesson: Lesson = services_of(request).catalogue.lesson(slug)
    question = _question(request, lesson, q)
    learner = await submit_giving_up(request, question)
    return await _told(request, lesson, question, learner, missed=missed, memory=_memory(session, memory))


@router.get("/lessons/{slug}/practice/solution", include_in_schema=False)
async def back_to_question(request: Request, slug: str, q: str) -> Response:
    """Lead whoever opens the address of a form to the question itself."""
    lesson: Lesson = services_of(request).catalogue.lesson(slug)
    return RedirectResponse(practice_address(lesson, _question(request, lesson, q)), status_code=303)


@router.get("/lessons/{slug}/practice/summary", include_in_schema=False)
async def summary(
    request: Request, slug: str, session: CurrentSession, memory: MemoryMark = None
) -> Response:
    """Show how a lesson's questions went."""
    lesson: Lesson = services_of(request).catalogue.lesson(slug)
    found = await standings(request, session, [lesson])
    states = {question.id: state_of(found.get(question.id)) for question in lesson.questions}
    rows = tuple(
        SummaryRow(number, question, states[question.id], practice_address(lesson, question))
        for number, question in enumerate(lesson.questions, 1)
    )
    missed = [row.question for row in rows if row.state in WORTH_ANOTHER]
    untried = [row.question for row in rows if row.state == "untried"]
    context = SummaryContext(
        lesson=lesson,
        rows=rows,
        tally=tally(lesson, found),
        predicted=await predicted_in(request, session, lesson),
        memory="none" if memory and session is None else "kept",
        missed_address=missed_address(lesson, missed[0], found) if missed else None,
        untried_address=practice_address(lesson, untried[0]) if untried else None,
    )
    return HTMLResponse(render(services_of(request).templates, context), headers=PERSONAL)


async def answer_in_form(request: Request) -> tuple[list[str], str]:
    """Read what a question's form sends: what was chosen or entered, and the token."""
    async with request.form(max_fields=20, max_files=0) as form:
        given = [str(value) for value in form.getlist("option") if str(value).strip()]
        return given, str(form.get("attempt", ""))


def _memory(session: Session | None, mark: str | None) -> Memory:
    """Say whether a browser keeps cookies that has sent a form of the practice, which brings one."""
    if session is not None:
        return "kept"
    return "none" if mark else "refused"


async def _told(
    request: Request,
    lesson: Lesson,
    question: Question,
    learner: Session,
    *,
    missed: bool,
    memory: Memory,
    is_somebody_elses: bool = False,
) -> Response:
    """Show a question after an answer, or after giving up, and have its learner kept."""
    found = await standings(request, learner, [lesson])
    if is_somebody_elses:  # this very submission was sent before: its verdict is told, and nothing else
        found = {name: standing for name, standing in found.items() if name == question.id}
    kinds = services_of(request).kinds
    page = PracticePage(lesson, question, kinds, found, learner, missed_only=missed, memory=memory)
    response = _answer(request, page.context(Occasion(is_new=True)), status=200)
    if session_of(request) is None and not is_somebody_elses:
        keep_session(request, response, learner)
    return response


def _question(request: Request, lesson: Lesson, question_id: str) -> Question:
    """Find a question, by its id or by one that it had before, in no other lesson than this."""
    owner, question = services_of(request).catalogue.find(question_id)
    if owner is not lesson:
        raise NotFound(f"This lesson has no question {question_id[:80]!r}.")
    return question


def _answer(request: Request, context: PracticeContext, status: int) -> HTMLResponse:
    """Send the whole page, or for htmx the parts of it that change."""
    sent = AnsweredContext(**vars(context)) if "hx-request" in request.headers else context
    return HTMLResponse(render(services_of(request).templates, sent), status, PERSONAL)
