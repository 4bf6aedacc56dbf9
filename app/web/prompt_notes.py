"""What a model made of its prompts, in words for people: the one place where this is worded.

Words out of a prompt stand in “ ”, and nothing else does: readers of a prompt take no quotation mark for a
word. So pages can keep such a word's direction of writing to itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from app.cards import Card
from app.engine.run import RunRequest
from app.prompts import MAX_WORDS, Prompt

SHOWN_WORDS = 12
SHOWN_LETTERS = 40
QUOTED = re.compile("“([^”]*)”")


@dataclass(frozen=True)
class Told:
    """What a text model was told.

    Args:
        prompt: as it was read; empty where none was given.
        negative_prompt: the same of what guidance leads away from.
        guidance: as asked for, or the model's own.
        attention: whether it was asked what each word drew.
    """

    prompt: Prompt
    negative_prompt: Prompt
    guidance: float
    attention: bool = False

    @property
    def counting(self) -> Prompt:
        """The prompt that decides the picture; without guidance it is the negative one."""
        return self.negative_prompt if self.guidance == 0.0 else self.prompt


def told(request: RunRequest, card: Card) -> Told | None:
    """Read a request's prompts; None for a model of classes."""
    if card.vocabulary is None:
        return None
    return Told(
        card.vocabulary.read(request.prompt or ""),
        card.vocabulary.read(request.negative_prompt or ""),
        card.defaults.guidance if request.guidance is None else request.guidance,
        request.attention,
    )


def notes(what: Told) -> tuple[str, ...]:
    """Say in sentences what a person should know of how the prompts were taken; nothing is left out."""
    return tuple([*_of_prompt(what), *_of_negative_prompt(what), *_of_guidance(what), *_of_attention(what)])


def isolated(note: str) -> Markup:
    """Escape a note, and keep the direction of each word that it quotes to that word."""
    pieces = QUOTED.split(note)  # every second one was quoted
    return Markup("").join(
        Markup("“<bdi>{}</bdi>”").format(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )


def _of_prompt(what: Told) -> Iterator[str]:
    prompt = what.prompt
    if not prompt.words and prompt.unknown:
        yield (
            f"No word of the prompt is in the model's vocabulary: {_quoted(prompt.unknown)}. "
            "Nothing was understood, so the picture is unconditional: the model paints whatever it likes."
        )
    elif not prompt.words:
        yield "No prompt: the model paints whatever it likes."
    elif prompt.unknown:
        yield f"Not in the model's vocabulary, and left out: {_quoted(prompt.unknown)}."
    if prompt.unread:
        yield f"The prompt is longer than the {MAX_WORDS} words that the model reads: {_left_off(prompt)}."
    if what.guidance != 0.0:
        for words in prompt.contradictions:
            each_other = "each other" if len(words) == 2 else "one another"
            yield (
                f"{_quoted(words, 'and')} contradict {each_other}: the model paints one of them or a mixture."
            )


def _of_negative_prompt(what: Told) -> Iterator[str]:
    unwanted = what.negative_prompt
    if unwanted.unknown and not unwanted.words:
        yield (
            "Nothing is led away from, since none of these words is in the model's vocabulary: "
            f"{_quoted(unwanted.unknown)}."
        )
    elif unwanted.unknown:
        yield f"Not in the model's vocabulary, and not led away from: {_quoted(unwanted.unknown)}."
    if unwanted.unread:
        yield (
            f"What to lead away from is longer than the {MAX_WORDS} words that the model reads: "
            f"{_left_off(unwanted)}."
        )


def _of_guidance(what: Told) -> Iterator[str]:
    wanted, unwanted = what.prompt, what.negative_prompt
    if what.guidance == 0.0 and (wanted.words or unwanted.words):
        instead = "what it would otherwise be led away from" if unwanted.words else "whatever it likes"
        yield f"With guidance 0 the prompt counts for nothing: the model paints {instead}."
    elif what.guidance == 1.0 and unwanted.words:
        yield "With guidance 1 the model is led away from nothing; a higher one makes it count."
    elif wanted.words and wanted.tokens == unwanted.tokens:
        yield "The prompt and what to lead away from say the same, so guidance has nothing to do."


def _of_attention(what: Told) -> Iterator[str]:
    if what.attention and not what.counting.words:
        yield "No word was read, so there is nothing to show of what each word drew."


def _quoted(words: Iterable[str], joined_by: str = "") -> str:
    """List words in quotation marks: the first few of them, and the beginning of long ones."""
    all_words = list(words)
    shown = [f"“{_visible(word)}”" for word in all_words[:SHOWN_WORDS]]
    if len(all_words) > SHOWN_WORDS:
        return f"{', '.join(shown)} and {len(all_words) - SHOWN_WORDS} more"
    if joined_by and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {joined_by} {shown[-1]}"
    return ", ".join(shown)


def _visible(word: str) -> str:
    """Shorten a long word; name the signs of one that would not show."""
    if not any(letter.isprintable() for letter in word):
        word = " ".join(f"U+{ord(letter):04X}" for letter in word)
    return word if len(word) <= SHOWN_LETTERS else word[: SHOWN_LETTERS - 1] + "…"


def _left_off(prompt: Prompt) -> str:
    return "the last one was left off" if prompt.unread == 1 else f"the last {prompt.unread} were left off"
