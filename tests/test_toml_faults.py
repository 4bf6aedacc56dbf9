"""What an author is told of a file that is not TOML: what is wrong at that line, in plain words."""

from __future__ import annotations

import pytest

from app.toml_faults import lost_backslashes
from app.toml_text import TomlFault, parse


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a = 1\nb = \u201cx\u201d\n", 2, "a text stands between straight quotes"),
        ("a = [\u2018x\u2019]\n", 1, "a text stands between straight quotes"),
        ('a = "He said "c"."\n', 1, "a quote within it ends it"),
        ("a = 'It isn't.'\n", 1, "a quote within it ends it"),
        ("a = 0,5\n", 1, "a number is written with a point"),
        ("a = 010\n", 1, "a number does not begin with 0"),
        ("a = 1 // one\n", 1, "a comment begins with #"),
        ("a = 1 b = 2\n", 1, "something stands behind the value: one key a line"),
        ("a = True\n", 1, "write true or false, in small letters"),
        ("a = yes\n", 1, "write true or false, in small letters"),
        ("a = \n", 1, "a value belongs behind '='"),
        ("a = ", 1, "a value belongs behind '='"),
        ("a = ten\n", 1, "text stands in quotes"),
        ('a = ["x" "y"]\n', 1, "the entries of a list stand between commas"),
        ('a = ["x",\n"y"\n', 2, "never closed by its bracket"),
        ("a\u00a0= 1\n", 1, "an invisible sign (U+00A0) stands here"),
        ("a: 1\n", 1, "a key needs '='"),
        ("a = 1\nb = 2\na = 3\n", 3, "the key a is given twice"),
        ("[q]\na = 1\n[[q]]\na = 2\n", 1, "tables of a list have two brackets each, [[q]]"),
        ("[[q]]\na = 1\n[q]\na = 2\n", 3, "tables of a list have two brackets each, [[q]]"),
        ("[q]\na = 1\n[q]\na = 2\n", 1, "tables of a list have two brackets each, [[q]]"),
        ("[[q]]\n[q.o]\na = 1\n[[q.o]]\na = 2\n", 2, "two brackets each, [[q.o]]; this one has one"),
        ("[[q.o]]\na = 1\n[[q]]\n", 1, "[[q.o]] stands before the first [[q]], to which it belongs"),
        ('a = 1\nb = """c.\n\nd = 1\ne = "\\q"\n', 2, "the triple quotes that open here are never closed"),
        ("a = \\q\n'''", 1, "the value cannot be read"),
        ('a = "\\alpha"\n', 1, "a backslash in double quotes must be written twice"),
    ],
)
def test_a_slip_is_named_at_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(TomlFault) as fault:
        parse(text)
    assert what in fault.value.what
    assert fault.value.line == line


@pytest.mark.parametrize("command", ["theta", "times", "beta", "frac", "nu", "neq", "rho", "right"])
@pytest.mark.parametrize("quotes", ['"', '"""'])
def test_a_command_that_double_quotes_change_is_told(command: str, quotes: str) -> None:
    text = f"a = 1\nb = {quotes}At $x \\{command}$, and\\there{quotes}\n"
    parse(text)  # it is TOML
    ((what, line),) = lost_backslashes(text)
    assert (f"write \\\\{command}, or the text in single quotes" in what, line) == (True, 2)


@pytest.mark.parametrize(
    "text",
    [
        r"a = '$\theta$'",
        r"a = '''$\theta$'''",
        r'a = "$\\theta$"',
        r'a = "\tone costs $5\nand $6"',
        r'a = "$x$ \theta $y$"',
        r'# a = "$\theta$"',
        r'a = "$\toast$"',
    ],
)
def test_what_was_meant_is_left_alone(text: str) -> None:
    assert list(lost_backslashes(text)) == []
