"""What a model made of its prompts, in words for people: on pages, in answers and on the command line.

While somebody types, `app/labs/player/prompt.js` says the same in short; keep both alike.

Words out of a prompt stand in “ ”, and nothing else does: readers of a prompt take no quotation mark for a
word. So pages can keep such a word's direction of writing to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.engine.reading import PromptReading
from app.prompts import MAX_WORDS, Prompt

SHOWN_WORDS = 12
SHOWN_LETTERS = 40
JOINER = "\u200d"
"""Makes one picture of the signs on both sides of it, such as a family of three people; never seen itself."""


def notes(reading: PromptReading) -> tuple[str, ...]:
    """Say in sentences what a person should know of how the prompts were taken; nothing is left out."""
    return tuple(
        [*_of_prompt(reading), *_of_negative_prompt(reading), *_of_guidance(reading), *_of_attention(reading)]
    )


def _of_prompt(reading: PromptReading) -> Iterator[str]:
    prompt = reading.prompt
    if not prompt.words:
        yield _without_prompt(reading)
    elif prompt.unknown:
        yield f"Not in the model's vocabulary, and left out: {_quoted(prompt.unknown)}."
    if prompt.unread:
        yield f"The prompt is longer than the {MAX_WORDS} words that the model reads: {_left_off(prompt)}."
    if reading.guidance != 0.0 or _are_alike(reading):
        for rivals in prompt.contradictions:
            yield f"{_contradict(rivals)}: the model paints one of them or a mixture."
        for rivals in prompt.competing:
            yield f"{_compete(rivals)}, so expect one of them or a mixture."


def _without_prompt(reading: PromptReading) -> str:
    """Say what is painted where the prompt has no word that the model knows."""
    negative_counts = reading.negative_prompt.words and reading.guidance != 1.0
    instead = _negative_alone(reading.guidance) if negative_counts else "the model paints whatever it likes"
    if not reading.prompt.unknown:
        return f"No prompt: {instead}."
    if not negative_counts:
        instead = f"the picture is unconditional: {instead}"
    return (
        f"No word of the prompt is in the model's vocabulary: {_quoted(reading.prompt.unknown)}. "
        f"Nothing was understood, so {instead}."
    )


def _negative_alone(guidance: float) -> str:
    if guidance == 0.0:
        return "with guidance 0 the model paints the negative prompt"
    if guidance < 1.0:
        return (
            f"with guidance {guidance:g} the picture is drawn towards the negative prompt, not away from it"
        )
    return "only the negative prompt counts, and the picture is led away from it"


def _of_negative_prompt(reading: PromptReading) -> Iterator[str]:
    negative = reading.negative_prompt
    if negative.unknown and not negative.words:
        yield (
            "None of the negative prompt's words is in the model's vocabulary, so it counts for nothing: "
            f"{_quoted(negative.unknown)}."
        )
    elif negative.unknown:
        yield (
            "Not in the model's vocabulary, and left out of the negative prompt: "
            f"{_quoted(negative.unknown)}."
        )
    if negative.unread:
        yield (
            f"The negative prompt is longer than the {MAX_WORDS} words that the model reads: "
            f"{_left_off(negative)}."
        )
    if reading.guidance == 1.0 or _are_alike(reading):  # then it does not count, or says nothing of its own
        return
    is_painted = reading.guidance < 1.0
    for rivals in negative.contradictions:
        outcome = "the model paints" if is_painted else "the picture is led away from"
        yield f"In the negative prompt, {_contradict(rivals)}: {outcome} one of them or a mixture."
    for rivals in negative.competing:
        outcome = "expect" if is_painted else "the picture is led away from"
        yield f"In the negative prompt, {_compete(rivals)}, so {outcome} one of them or a mixture."


def _of_guidance(reading: PromptReading) -> Iterator[str]:
    prompt, negative, guidance = reading.prompt.words, reading.negative_prompt.words, reading.guidance
    if _are_alike(reading):
        yield "The prompt and the negative prompt say the same, so guidance has nothing to do."
    elif guidance == 0.0 and prompt:
        instead = "the negative prompt" if negative else "whatever it likes"
        yield f"With guidance 0 the prompt counts for nothing: the model paints {instead}."
    elif guidance == 1.0 and negative:
        yield (
            "With guidance 1 the negative prompt counts for nothing; "
            "only a guidance above 1 leads away from it."
        )
    elif guidance < 1.0 and prompt and negative:
        yield (
            f"With guidance {guidance:g} the picture is a mixture of both: the negative prompt is painted "
            "in, and only a guidance above 1 leads away from it."
        )


def _of_attention(reading: PromptReading) -> Iterator[str]:
    if reading.attention and not reading.main.words:
        yield "No word of the prompt counts, so there is nothing to show of what each word drew."


def _are_alike(reading: PromptReading) -> bool:
    """Whether both prompts mean the same to the model; two without words are none."""
    return bool(reading.prompt.words) and reading.prompt.tokens == reading.negative_prompt.tokens


def _contradict(rivals: tuple[str, ...]) -> str:
    each_other = "each other" if len(rivals) == 2 else "one another"
    return f"{_quoted(rivals, 'and')} contradict {each_other}"


def _compete(rivals: tuple[str, ...]) -> str:
    return f"{_quoted(rivals, 'and')} compete: this model paints only one of a kind"


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
    """Name each sign that would not show by its number; shorten what is long then."""
    last = len(word) - 1
    signs = (
        f" U+{ord(sign):04X} " if _is_hidden(sign, is_end=index in (0, last)) else sign
        for index, sign in enumerate(word)
    )
    shown = " ".join("".join(signs).split())
    return shown if len(shown) <= SHOWN_LETTERS else shown[: SHOWN_LETTERS - 1] + "…"


def _is_hidden(sign: str, *, is_end: bool) -> bool:
    """Whether a sign of a word cannot be seen there; a joiner is needed within, but not at an end."""
    return not sign.isprintable() and (sign != JOINER or is_end)


def _left_off(prompt: Prompt) -> str:
    return "the last one was left off" if prompt.unread == 1 else f"the last {prompt.unread} were left off"
