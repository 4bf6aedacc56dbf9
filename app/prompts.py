"""A prompt read against a model's vocabulary: known words become tokens, all others are reported. No torch.

The card of a text model lists its words by kind; an entry is a line of words that mean the same to the
model ("sunset dusk evening") and share one token. Of each kind the model paints one: one time of day, one
terrain, one thing. So words of several entries of a kind contradict each other, or compete.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

PAD = 0
"""The token that is no word: it pads a prompt behind its end."""

MAX_WORDS = 24
"""Words that a model reads; it is also the length of a row of tokens."""

OTHER = "other"
"""The kind of words that go with any others, such as articles."""

CONTRADICTING = ("time", "side")
"""Kinds of which only one can hold, in the world too; two of any other kind merely compete in the model."""

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001
# Signs that only part words are passed over; all others are told as unknown.
PARTING = r"\s.,;:!?'’\"“”()\-–—…/"  # noqa: RUF001
PIECES = re.compile(rf"{WORD.pattern}|[^\w{PARTING}]+|_+")


@dataclass(frozen=True)
class Vocabulary:
    """The words that a model knows.

    Args:
        kinds: for each kind its entries; an entry is one or more words with blanks between them, the
            first of which is the entry's name. Tokens are numbered in this order, from `FIRST_WORD` on.
    """

    kinds: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        empty = [
            kind for kind, entries in self.kinds.items() if not entries or not all(map(str.split, entries))
        ]
        if empty:
            raise ValueError(f"every kind has entries and every entry a word, but not in {', '.join(empty)}")
        words = [word for entries in self.kinds.values() for entry in entries for word in entry.split()]
        twice = sorted({word for word in words if words.count(word) > 1})
        if twice:
            raise ValueError(f"every word stands in one entry only, but these stand in several: {twice}")
        odd = [word for word in words if word != _plain(word) or not WORD.fullmatch(word)]
        if odd:
            raise ValueError(f"words are written in small letters and without signs, not like {odd}")

    @cached_property
    def tokens(self) -> dict[str, int]:
        """The token of every word."""
        entries = [entry for entries in self.kinds.values() for entry in entries]
        return {word: token for token, entry in enumerate(entries, PAD + 1) for word in entry.split()}

    @cached_property
    def names(self) -> dict[int, str]:
        """The name of every token: the first word of its entry."""
        entries = [entry for entries in self.kinds.values() for entry in entries]
        return {token: entry.split()[0] for token, entry in enumerate(entries, PAD + 1)}

    @cached_property
    def _tokens_by_name(self) -> dict[str, int]:
        return {name: token for token, name in self.names.items()}

    @cached_property
    def _kinds(self) -> dict[int, str]:
        kinds = [kind for kind, entries in self.kinds.items() for _ in entries]
        return dict(enumerate(kinds, PAD + 1))

    @property
    def size(self) -> int:
        """Number of tokens, the padding among them."""
        return 1 + len(self.names)

    def kind_of(self, token: int) -> str:
        """Return the kind that a word's token belongs to."""
        if token not in self.names:
            raise ValueError(f"no word has the token {token}")
        return self._kinds[token]

    def read(self, text: str) -> Prompt:
        """Read a prompt: any text, of which the known words count."""
        known: list[str] = []
        unknown: dict[str, None] = {}
        for piece in PIECES.findall(_plain(text)):
            if piece in self.tokens:
                known.append(piece)
            else:
                unknown[piece] = None
        words = known[:MAX_WORDS]
        rivals = self._rivals(words)
        return Prompt(
            words=tuple(words),
            tokens=tuple(self.tokens[word] for word in words),
            unknown=tuple(unknown),
            unread=len(known) - len(words),
            contradictions=tuple(named for kind, named in rivals.items() if kind in CONTRADICTING),
            competing=tuple(named for kind, named in rivals.items() if kind not in CONTRADICTING),
        )

    def write(self, tokens: tuple[int, ...]) -> str:
        """Write tokens by their names, with blanks between them, so that synonyms are written alike."""
        return " ".join(self.names[token] for token in tokens)

    def tokens_of(self, written: str) -> tuple[int, ...]:
        """Return the tokens of what `write` wrote; any other text is refused.

        Raises:
            ValueError: it names a token that there is not, or more than a model reads.
        """
        names = written.split(" ") if written else []
        unknown = [name for name in names if name not in self._tokens_by_name]
        if unknown:
            raise ValueError(f"no token is named {unknown[0]!r}")
        if len(names) > MAX_WORDS:
            raise ValueError(f"at most {MAX_WORDS} tokens are read, got {len(names)}")
        return tuple(self._tokens_by_name[name] for name in names)

    def _rivals(self, words: list[str]) -> dict[str, tuple[str, ...]]:
        """Find the kinds of which more than one entry is named, and the words that name them."""
        said: dict[str, dict[int, str]] = {}
        for word in words:
            token = self.tokens[word]
            said.setdefault(self.kind_of(token), {}).setdefault(token, word)
        return {
            kind: tuple(named.values()) for kind, named in said.items() if kind != OTHER and len(named) > 1
        }


@dataclass(frozen=True)
class Prompt:
    """What a model makes of a prompt.

    Args:
        words: the known words that it reads, in order, as they were written but for their case.
        tokens: their tokens; synonyms have the same.
        unknown: each word or sign that the model does not know, once, in order.
        unread: known words behind the last one that it reads.
        contradictions: times of day, or sides, of which only one can hold.
        competing: words of any other kind of which the model paints only one.
    """

    words: tuple[str, ...]
    tokens: tuple[int, ...]
    unknown: tuple[str, ...] = ()
    unread: int = 0
    contradictions: tuple[tuple[str, ...], ...] = ()
    competing: tuple[tuple[str, ...], ...] = ()

    @property
    def row(self) -> tuple[int, ...]:
        """The tokens as a network takes them: padded to `MAX_WORDS`."""
        return padded(self.tokens)


def padded(tokens: tuple[int, ...]) -> tuple[int, ...]:
    """Fill a row of tokens up to `MAX_WORDS`, as a network takes it."""
    return tokens + (PAD,) * (MAX_WORDS - len(tokens))


def _plain(text: str) -> str:
    """Bring letters that differ in form only to one form."""
    return unicodedata.normalize("NFKC", text).casefold()
