"""An author's lint: signs that a question can be guessed, or asks what was never taught.

A finding that breaks a question (its options are shuffled, so "all of the above" means nothing) is a
problem; one that makes it weaker is a warning.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from app.course.catalogue import Catalogue
from app.course.directives import Lab
from app.course.lesson import Lesson
from app.course.problem import Problem
from app.course.quiz import Question

CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
NEGATION = re.compile(r"\b(not|never|except|cannot)\b|n['\u2019]t\b", re.IGNORECASE)
PLACE = re.compile(
    r"\b((all|none|both|any|some) of the (above|others|options)|(options?|answers?) [A-E]\b)", re.IGNORECASE
)
ORDER = re.compile(r"\b(above|below|preceding|(first|last|previous|next) (option|answer))\b", re.IGNORECASE)

FEWEST_QUESTIONS = 8
FEWEST_EXPERIMENTS = 2
FEWEST_KEYS = 4
"""From how many single questions on a lesson's keys are looked at together."""


def find_problems(catalogue: Catalogue) -> list[Problem]:
    """List what must be mended before a question can be asked."""
    return _of_questions(catalogue, [_places])


def find_warnings(catalogue: Catalogue) -> list[Problem]:
    """List what makes questions guessable, unfair or too few."""
    found = _of_questions(catalogue, [_order_words, _negated_stem, _longest_key])
    taught: set[str] = set()
    for lesson in catalogue.lessons:
        folder = Path(lesson.folder.name)
        taught |= {concept.lower() for concept in lesson.concepts}
        found += [Problem(folder / "lesson.md", what) for what in _of_lesson(lesson)]
        for question in lesson.questions:
            found += [
                Problem(
                    folder / "quiz.toml",
                    f"asks for {concept!r}, which no lesson taught so far",
                    None,
                    question.id,
                )
                for concept in question.concepts
                if concept.lower() not in taught
            ]
    return found


Rule = Callable[[Question], Iterable[str]]


def _of_questions(catalogue: Catalogue, rules: list[Rule]) -> list[Problem]:
    return [
        Problem(Path(lesson.folder.name) / "quiz.toml", what, None, question.id)
        for lesson in catalogue.lessons
        for question in lesson.questions
        for rule in rules
        for what in rule(question)
    ]


def _places(question: Question) -> Iterator[str]:
    for option in question.options:
        if found := PLACE.search(CODE.sub(" ", option.text)):
            yield f"an option says {found.group()!r}, but every learner sees the options in another order"


def _order_words(question: Question) -> Iterator[str]:
    for option in question.options:
        if found := ORDER.search(CODE.sub(" ", option.text)):
            yield f"an option says {found.group()!r}: if that means another option, the order is shuffled"


def _negated_stem(question: Question) -> Iterator[str]:
    if found := NEGATION.search(CODE.sub(" ", question.stem)):
        yield f"the stem says {found.group()!r}; ask for what is true"


def _longest_key(question: Question) -> Iterator[str]:
    right = [len(option.text) for option in question.options if option.right]
    wrong = [len(option.text) for option in question.options if not option.right]
    if question.kind == "single" and right[0] > max(wrong):
        yield f"the right option is the longest ({right[0]} characters, the next has {max(wrong)})"


def _of_lesson(lesson: Lesson) -> Iterator[str]:
    words = _words(lesson.text)
    for concept in lesson.concepts:
        if f" {_words(concept).strip()}" not in words:
            yield f"the concept {concept!r} is listed, but the text never names it"
    if not any(isinstance(block, Lab) for block in lesson.blocks):
        yield "the lesson has no lab"
    if len(lesson.questions) < FEWEST_QUESTIONS:
        yield f"the lesson has {len(lesson.questions)} questions; {FEWEST_QUESTIONS} are the fewest"
    experiments = sum(question.experiment is not None for question in lesson.questions)
    if experiments < FEWEST_EXPERIMENTS:
        yield f"{experiments} questions rest on an experiment; {FEWEST_EXPERIMENTS} are the fewest"
    yield from _one_sided_keys(lesson)


def _one_sided_keys(lesson: Lesson) -> Iterator[str]:
    keys = [
        "ABCDE"[[option.right for option in question.options].index(True)]
        for question in lesson.questions
        if question.kind == "single"
    ]
    for letter, count in Counter(keys).items():
        if len(keys) >= FEWEST_KEYS and count > len(keys) / 2:
            yield f"the key stands at {letter} in {count} of {len(keys)} questions; spread the keys"


def _words(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "
