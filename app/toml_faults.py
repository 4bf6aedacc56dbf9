"""What is wrong with a text that is not TOML, in the words of those who write such files, and at which line.

`tomllib` says what its grammar expected; here it is looked up what stands at that line instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
CURLY = re.compile("[=\\[,{]\\s*[\u201a-\u201e\u2018-\u201d\u00ab\u00bb]")
INVISIBLE = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
QUOTED = re.compile(r"\"(\\.|[^\"\\])*\"|'[^']*'")
HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\s-]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"\s*([\w.-]+|\"[^\"]*\"|'[^']*')\s*=")

NEVER_CLOSED = "a list or table is never closed by its bracket; its entries stand between commas"
NO_VALUE = "the value cannot be read: text stands in quotes, true and false do not"
BEHIND = "something stands behind the value: one key a line, and a comment begins with #"

WORDS = (
    (r"Duplicate inline table key.*", "a key is given twice"),
    (r"Expected '=' after a key.*", "a key needs '=' and a value after it"),
    (r"Invalid (initial character for a key part|statement).*", "a key or a [table] belongs here"),
    (r"Invalid value.*", NO_VALUE),
    (r"Expected newline or end of document.*", BEHIND),
    (r"Unterminated string|Expected .* at .* string.*", "a text is never closed by its quotes"),
    (r"Unclosed (array|inline table).*|.*array.*comma.*", NEVER_CLOSED),
    (r"Expected '\]+' at the end of .*", "a [table] needs its closing bracket"),
    (r"Unescaped '.*' in a string|Invalid hex value.*|Escaped character.*", "a backslash in double quotes"
     " must be written twice, or the text in single quotes"),
    (r"Illegal character '\\n'.*", "a text is not closed on its line; longer ones have triple quotes"),
    (r"Illegal character .*|Found invalid character.*", "a sign stands here that TOML does not allow"),
    (r"Invalid date or datetime.*", "there is no such date; a text stands in quotes"),
    (r"Cannot .*", "a name is used in two ways, here and above"),
)  # fmt: skip
"""What `tomllib` says, and what an author is told."""

SLIPS = (
    (NO_VALUE, r"=\s*(true|false|yes|no|on|off)\b", "write true or false, in small letters"),
    (NO_VALUE, r"=\s*(#.*)?$", "a value belongs behind '='"),
    (NEVER_CLOSED, r"[\"']\s+[\"']", "the entries of a list stand between commas"),
    (BEHIND, r"=\s*[+-]?\d+,\d", "a number is written with a point, as 0.5, not with a comma"),
    (BEHIND, r"=\s*[+-]?0\d", "a number does not begin with 0"),
    (BEHIND, r"//", "a comment begins with #"),
    (BEHIND, r"=\s*[\"']", "something stands behind the text: a quote within it ends it; write the text"
     " between three quotes, \"\"\" or '''"),
)  # fmt: skip
"""Slips that show in the line: what would be told otherwise, what the line looks like, what is told."""

COMMANDS = (
    "bar|begin|beta|big|binom|bf|boldsymbol|bullet|flat|forall|frac|nabla|ne|neq|ni|not|nu|rangle|rho|right|"
    "rightarrow|rm|tan|tau|text|textbf|tfrac|theta|tilde|times|to|top"
)
TOKEN = re.compile(
    r"#[^\n]*|'''.*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL
)
LOST = re.compile(rf"(?<!\\)(?:\\\\)*(\\({COMMANDS}))(?![A-Za-z])")
SIGNS = {"b": "a backspace", "f": "a form feed", "n": "a new line", "r": "a return", "t": "a tab"}


def in_words(message: str, text: str) -> tuple[str, int]:
    """Say what is wrong with a text, and at which line, counted from 1.

    Args:
        message: of `tomllib`.
        text: that it could not read.
    """
    place, said = PLACE.search(message), PLACE.sub("", message)
    lines = text.split("\n")
    at_end = place is None or not place[1]
    number = max(1, len(text.rstrip("\n").split("\n"))) if at_end else int(place[1])  # type: ignore[index]
    opened = _open_quote(lines)
    if opened and opened <= number:
        return "the triple quotes that open here are never closed", opened
    line = lines[number - 1]
    if re.match(r"Cannot (overwrite|declare|redefine|mutate)", said) and (double := _double(lines, number)):
        return double
    if found := INVISIBLE.search(QUOTED.sub("", line)):
        return (
            f"an invisible sign (U+{ord(found[0]):04X}) stands here; delete it, or type a plain space",
            number,
        )
    if CURLY.search(QUOTED.sub("''", line)):
        return "a text stands between straight quotes, \" or ', not between curly ones", number
    what = next(
        (words for pattern, words in WORDS if re.fullmatch(pattern, said, re.DOTALL)), "cannot be read"
    )
    if at_end and what == NO_VALUE and text.count("[") + text.count("{") > text.count("]") + text.count("}"):
        return NEVER_CLOSED, number
    slips = (told for of, look, told in SLIPS if of == what and re.search(look, line, re.IGNORECASE))
    return next(slips, what), number


def _double(lines: list[str], number: int) -> tuple[str, int] | None:
    """Say what is there twice: a key, or a table that lacks its second brackets somewhere."""
    line, above = lines[number - 1], list(enumerate(lines[: number - 1], 1))
    header = HEADER.match(line)
    if header is None:
        return _double_key(line, number)
    brackets, name = header.groups()
    headers = [(place, found[1], found[2]) for place, one in above if (found := HEADER.match(one))]
    for place, other_brackets, other in headers:
        if other == name and "[" in (brackets, other_brackets):
            where = place if other_brackets == "[" else number
            return f"tables of a list have two brackets each, [[{name}]]; this one has one", where
        if other.startswith(f"{name}.") and name not in [one for _, _, one in headers if one == name]:
            return f"[[{other}]] stands before the first [[{name}]], to which it belongs", place
    return f"[{name}] is used in two ways, here and above", number


def _double_key(line: str, number: int) -> tuple[str, int] | None:
    key = KEY.match(line)
    if key is None:
        return None
    return f"the key {key[1]} is given twice", number


def lost_backslashes(text: str) -> Iterator[tuple[str, int]]:
    r"""Find commands of formulas that TOML makes something else of, as `\t` of `\theta` in double quotes."""
    for token in TOKEN.finditer(text):
        if not token[0].startswith('"'):
            continue
        for formula in re.finditer(r"\$[^$]+\$", token[0]):
            if found := LOST.search(formula[0]):
                command = found[1]
                what = (
                    f"in double quotes \\{command[1]} of {command} is {SIGNS[command[1]]}: "
                    f"write \\{command}, or the text in single quotes"
                )
                yield what, text.count("\n", 0, token.start() + formula.start() + found.start(1)) + 1


def _open_quote(lines: list[str]) -> int | None:
    """Return the line of triple quotes that are never closed."""
    quote, opened = "", 0
    for number, line in enumerate(lines, 1):
        for mark in re.findall(r"\"\"\"|'''", line):
            if not quote:
                quote, opened = mark, number
            elif mark == quote:
                quote = ""
    return opened if quote else None
