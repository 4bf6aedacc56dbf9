"""One question as a fragment for any page, such as a lesson's, which stays the same for everyone.

Reading brings nobody a cookie: without one, the options come in an order that all such readers see, and keep
it on that page. The first answer brings the cookie.
"""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.course.question import Question
from app.learners.sessions import Session, new_attempt
from app.web.delivery.templating import render
from app.web.edge.services import services_of
from app.web.edge.session import CurrentSession, keep_session
from app.web.practice.addresses import as_fragment, on_practice_page, practice_address
from app.web.practice.answering import submit_answer, submit_giving_up
from app.web.practice.asked import Occasion, asked, rounds_of
from app.web.practice.contexts import FragmentContext
from app.web.practice.progress import PERSONAL, standings
from app.web.practice.routes import answer_in_form

router = APIRouter(prefix="/fragments/questions/{question_id}", include_in_schema=False)


@router.get("")
async def show(
    request: Request, question_id: str, session: CurrentSession, again: int | None = None
) -> Response:
    """Ask a question, or show its solution again; outside of a page, lead to the practice page."""
    lesson, question = services_of(request).catalogue.find(question_id)
    if "hx-request" not in request.headers:
        return RedirectResponse(practice_address(lesson, question), status_code=303)
    return await _shown(
        request, question, session, is_anonymous=session is None, occasion=Occasion(again=again)
    )


@router.post("")
async def answer(
    request: Request, question_id: str, session: CurrentSession, anonymous: bool = False
) -> Response:
    """Take an answer; show what is wrong with it, or the worked solution."""
    lesson, question = services_of(request).catalogue.find(question_id)
    given, attempt = await answer_in_form(request)
    if not given:
        rounds = rounds_of((await standings(request, session, [lesson])).get(question.id))
        occasion = Occasion(again=rounds, problem=services_of(request).kinds[question.kind].nothing_given)
        return await _shown(request, question, session, is_anonymous=anonymous, occasion=occasion)
    submitted = await submit_answer(request, question, given, attempt)
    response = await _shown(
        request, question, submitted.session, is_anonymous=anonymous, occasion=Occasion(is_new=True)
    )
    if submitted.is_new_session:
        keep_session(request, response, submitted.session)
    return response


@router.post("/solution")
async def give_up(
    request: Request, question_id: str, session: CurrentSession, anonymous: bool = False
) -> Response:
    """Show the worked solution."""
    _, question = services_of(request).catalogue.find(question_id)
    learner = await submit_giving_up(request, question)
    response = await _shown(
        request, question, learner, is_anonymous=anonymous, occasion=Occasion(is_new=True)
    )
    if session is None:
        keep_session(request, response, learner)
    return response


async def _shown(
    request: Request,
    question: Question,
    learner: Session | None,
    *,
    is_anonymous: bool,
    occasion: Occasion,
) -> HTMLResponse:
    services = services_of(request)
    lesson, _ = services.catalogue.find(question.id)
    standing = (await standings(request, learner, [lesson])).get(question.id)
    rounds = rounds_of(standing)
    context = FragmentContext(
        asked(
            lesson,
            question,
            services.kinds,
            "" if is_anonymous or learner is None else learner.learner_key,
            page=on_practice_page(lesson, question, rounds=rounds),
            part=as_fragment(question, rounds=rounds, is_anonymous=is_anonymous),
            standing=standing,
            occasion=replace(occasion, attempt=new_attempt(services.secret)),
        )
    )
    html = render(services.templates, context)
    return HTMLResponse(html, 422 if occasion.problem else 200, {**PERSONAL, "vary": "hx-request"})
