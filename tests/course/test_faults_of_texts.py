"""What a lesson's text may have wrong: each input makes one fault, at its line, in these words."""

import pytest

from app.questions.catalogue import read_course

FIRST = 9
"""The line of `lesson.md` at which the text begins."""

PLAYER = ":::{lab} player\n:model: digits\n:::\n"


def faults_of(course, text, **lesson):
    course.lesson(body=text, **lesson)
    return [str(problem) for problem in read_course(course.folder)[1]]


LINKS = [
    ("[a](other.md)", "a link leads to https://"),
    ("[a](./other)", "a link leads to https://"),
    ("[a](../../secret.txt)", "a link leads to https://"),
    ("[a](www.example.org)", "received 'www.example.org'"),
    ("[a](https://)", "received 'https://'"),
    ("[a](mailto:me)", "received 'mailto:me'"),
    ("[a]()", "a link leads to https://"),
    ("[a](//elsewhere.example)", "a link leads to https://"),
    ("<javascript:alert(1)>", "received 'javascript:alert(1)'"),
    ("[a](my file.md)", "an address with spaces stands in < and >"),
    ("[a][ref]", "the link '[a][ref]' has no definition"),
    ("[a](#no-such-heading)", "has no place 'no-such-heading'; it has no headings"),
    ("## One\n[a](#two)", "has no place 'two'; it has #one"),
    (PLAYER + "\n[a](#lab-2)", "has no place 'lab-2'"),
    ("[a](/lessons/colours#nope)", "has no place 'nope'"),
    (
        "[a](/lessons/no-such-lesson)",
        "no lesson 'no-such-lesson' that is written; there are colours",
    ),
    ("[a](/lessons/colours/files/gone.png)", "has no picture or program 'gone.png'"),
    ("[a](/nowhere)", "this site has no page '/nowhere'"),
    ("[a](/lessons/colours/solutions)", "this site has no page"),
    (":::{margin}\n[a](#nope)\n:::", "has no place 'nope'"),
]
NOTES = [
    ("A note.[^1]", "the footnote '[^1]' has no definition here"),
    ("A note.[^one] Another.[^two]\n\n[^two]: Two.", "the footnote '[^one]' has no definition"),
    ("[^1]: A note.", "the footnote [^1] is defined, and nothing refers to it"),
    ("A.[^1]\n\n[^1]: One.\n\n[^2]: Two.", "the footnote [^2] is defined, and nothing refers to it"),
    ("A.[^1]\n\n[^1]: One.\n\n[^1]: Again.", "the footnote [^1] is defined twice"),
    (":::{margin}\nA.[^1]\n:::", "the footnote '[^1]' has no definition here"),
]
PICTURES = [
    ("![d](gone.png)", "there is no picture 'gone.png'"),
    ("![d](dot.PNG)", "there is no picture 'dot.PNG' in the lesson's folder; there is 'dot.png'"),
    ("![d](../dot.png)", "there is no picture '../dot.png'"),
    ("![d](<my dot.png>)", "there is no picture 'my dot.png'"),
    ("![d](https://example.org/a.png)", "there is no picture 'https://example.org/a.png'"),
    ("![d](dot.svg)", "'dot.svg' is no picture that pages show; its ending must be one of .png, .jpg"),
    ("![d](my dot.png)", "an address with spaces stands in < and >"),
    ("![d](dot.png){width=0}", "width must be a whole number of pixels from 1 to 4000; received '0'"),
    ("![d](dot.png){height=tall}", "height must be a whole number"),
]
SHOWN = [
    ("<!-- a note to me -->", "an HTML comment is shown to readers as text"),
    ("Text <!-- over\nlines --> more.", "an HTML comment is shown to readers as text"),
    ("- <!-- in a list -->", "an HTML comment is shown to readers as text"),
    ("A <b>bold</b> word.", "HTML is shown to readers as text: '<b>'"),
    ("One<br>two.", "HTML is shown to readers as text: '<br>'"),
    ('<img src="dot.png">', "HTML is shown to readers as text"),
    ("```python\nx = 1", "code is never closed by a line of ```"),
    ("~~~\nx = 1\n\nMore.", "code is never closed by a line of ~~~"),
    ("````\nx\n```", "code is never closed by a line of ````"),
    (":::{margin}\n```\nx\n:::", "code is never closed by a line of ```"),
    ("A formula $x_t of it.", "a formula is never closed"),
    ("$$\nx = 1\n\nMore.", "a formula is never closed"),
    ("A formula $5x_t of it.", "a formula is never closed"),
    ("Spaces: $ x $.", "or has a space inside its dollars"),
    ("A `word of code.", "a backtick is shown as text"),
    ("A **bold word.", "bold text is never closed"),
    (r"At \(x_t\).", r"\(x_t\) is no formula here; write it between dollars: $x$"),
    ("One.\n\\[\nx\n\\]", "is no formula here; write it between dollars"),
    ("| a | b |\n| c | d |", "a table is shown as text: its second line is |---|---|"),
    ("• One.", "a list's lines begin with - or 1.; '• ' is shown as text"),
    ("$\\foo$", 'the formula $\\foo$ cannot be set: Unknown command "\\foo"'),
    ("A word.{.lead}", "the attributes '{.lead}' are shown as text"),
    pytest.param("a " * 6_000, "a paragraph of 11,999 letters; at most 10,000 are read", id="long"),
    (f"${'{' * 1500}x{'}' * 1500}$", "a formula has at most 2,000 letters"),
]
HEADINGS = [
    ("# A title", "the title of the page is that of the head; headings here begin with ##"),
    ("##Two", "a heading has a space behind its ##; without it, it is shown as text"),
    ("## 🎉", "a heading needs a letter or a digit"),
    ("##", "a heading needs a letter or a digit"),
    ("### ???", "a heading needs a letter or a digit"),
    ("## $x_t$", "a heading needs a letter or a digit"),
    ("## One\n\n## Two\n\n## one", "another heading is called 'one' too"),
    ("## One\n\n### One", "another heading is called 'One' too"),
    ("## Lab 1\n\n" + PLAYER, "the id 'lab-1' is one that the page makes by itself"),
    ("{#main}\nText.", "the id 'main' is one that the page makes by itself"),
    ("{#here}\nText.\n\n{#here}\nMore.", "another element has the id 'here' too"),
    ("".join(f"## a{n}\n" for n in range(201)), "a text has at most 200 headings"),
]
FIGURE = ":::{figure} dot.png\n"
FENCES = [
    (f"{FIGURE}alt: A dot\nscale: 3\n:::", "an option is written between colons, as ':alt: A dot'"),
    (f"{FIGURE}:alt A dot\n:::", "as ':alt: A dot'"),
    (f"{FIGURE}:alt: A dot\nscale = 3\n:::", "as ':scale: 3'"),
    (f"{FIGURE}:alt: A dot\n\n:scale: 3\n:::", ":scale: is shown as text: an option stands directly below"),
    (f"{FIGURE}:alt: A dot\n:scale: 0\n:::", "scale must be a whole number from 1 to 64; received '0'"),
    (f"{FIGURE}:alt: A dot\n:scale: -3\n:::", "scale must be a whole number from 1 to 64; received '-3'"),
    (f"{FIGURE}:alt: A dot\n:scale: 1.5\n:::", "received '1.5'"),
    (f"{FIGURE}:alt: A dot\n:scale: big\n:::", "received 'big'"),
    (f"{FIGURE}:alt: A dot\n:scale: 1000\n:::", "received '1000'"),
    (f"{FIGURE}\uff1aalt\uff1a A dot\n:::", "as ':alt: A dot'"),
    (":::{margin}\nA note.\n\n:::{symbols} x0\n:::\n:::", ":::{symbols} begins inside the margin of line 9;"),
    (
        ":::{margin}\nA note.\n\n:::{takeaways}\n- One.\n:::",
        ":::{takeaways} begins inside the margin of line 9",
    ),
    (
        "    :::{margin}\n    A note.\n:::",
        ":::{margin} is shown as code, since it is indented by four spaces",
    ),
    ("::{margin} Two colons", "a fence has three colons or more"),
    (":::{code} quiz.toml\n:::", "quiz.toml holds the answers"),
    (":::{code} ./quiz.toml\n:::", "quiz.toml holds the answers"),
    (":::{code} dot.png\n:::", "'dot.png' is a picture; show it by :::{figure}"),
    (":::{output} lesson.md\n:::", "an output is a file that ends in .out"),
    (":::{source} os:environ\n:::", "'os' is no module below app"),
    (":::{source} app.settings:LOOPBACK\n:::", "app.settings has no function or class 'LOOPBACK'"),
    (":::{source} /etc/hosts.py:x\n:::", "'/etc/hosts.py' is no module below app"),
    (":::{source} app/settings.py:Settings\n:::", "is no module below app"),
    (":::{symbols}\n:::", "a table of symbols names some"),
    (":::{question} nothing\n:::", "this lesson has no question 'nothing'; there are which-colour"),
]


@pytest.mark.parametrize(("text", "what"), [*LINKS, *NOTES, *PICTURES, *SHOWN, *HEADINGS, *FENCES])
def test_each_fault_of_a_text_makes_one_message(course, text, what):
    (fault,) = faults_of(course, text + "\n")
    place, line, said = fault.split(":", 2)
    assert (place, what in said) == ("01-colours/lesson.md", True), fault
    assert FIRST <= int(line) < FIRST + 410


@pytest.mark.parametrize(
    "text",
    [
        "[a](/lessons/colours) [b](/lessons/colours#one) [c](#one) [d](/lessons/colours/practice)\n\n## One",
        "[a](/) [b](/labs) [c](/labs/player) [d](/privacy) [e](/lessons/colours/files/dot.png?v=1)",
        "[a](#practice) [b](#lab-1) [c](#figure-1)\n\n" + PLAYER + f"\n{FIGURE}:alt: A dot\n:::",
        "[text][ref]\n\n[ref]: https://example.org",
        "![d](./dot.png) ![e](dot.png){width=30}",
        "It costs $5, or 10$ a month. A sum in \\$. In code: `<!-- $x [^1] <b>`.",
        "a < b, and c > d; 2 ** 3; x[0] (not a link); stars \\*\\*",
        "A bracket \\[ and \\) and \\[not a link\\], and in code `\\(x\\)`.",
        "| a | b |\n|---|---|\n| c | d |",
        f"{FIGURE}:alt: A dot\n\nNote: a caption.\n:::\n\n[a](#figure-1)",
        ":::{symbols} x0, eps\n:::",
        "A.[^1] B.[^1]\n\n[^1]: One.\n\n:::{margin}\nC.[^1]\n\n[^1]: Another.\n:::",
        f"{FIGURE}:alt: A dot\n:scale: 64\n\nNote: a caption may begin so.\n:::",
        "## One\n\n## One more\n\n## Один",
        ":::{source} app.course.problem:Problem\n:::",
    ],
)
def test_what_is_right_is_left_alone(course, text):
    assert faults_of(course, text + "\n") == []


def test_a_fault_is_told_at_its_own_line_of_a_paragraph(course):
    (fault,) = faults_of(course, "One.\nTwo.\nSee [a](#nope).\nFour.\n")
    assert fault.startswith(f"01-colours/lesson.md:{FIRST + 2}: ")


def test_faults_of_a_fence_and_of_what_it_holds_are_told_together(course):
    found = faults_of(course, ":::{figure} gone.png\n:scale: x\n\nSee [a](other.md).\n:::\n")
    assert [fault.split(":")[1] for fault in found] == ["9", "9", "10", "12"]


@pytest.mark.parametrize(
    "text",
    [
        f"{FIGURE}A dot.\n:alt: A dot\n:scale: 3\n:::",
        ":::{lab} player\n\n:seed: 1\n:steps: 5\n:::",
        ":::\n\n:::{margin}\nNote.\n:::",
        f"{FIGURE}alt: A dot\n:scale: 3\n:::",
        f"{FIGURE}:alt: A dot\n\n{PLAYER}\n:::{{predict}} when\n:lab: lab-2\n:kind: step\n"
        ":measure: known_step\n\nWhen?\n:::\n",
        ":::{margin}\nNote.\n:::\n:::\n\n:::{takeaways}\n- One.\n:::",
        ":::{predict} when\n:with: seed 2\n\nWhen?\n:::",
    ],
)
def test_what_only_follows_from_a_slip_is_not_told(course, text):
    assert len(faults_of(course, text + "\n")) == 1


def test_a_picture_that_cannot_be_shown_takes_no_number_from_the_figures(course):
    folder = course.lesson(body=f"{FIGURE}:alt: A dot\n:::\n\n[a](#figure-1)\n")
    (folder / "dot.png").write_bytes(b"no picture")
    (fault,) = [str(problem) for problem in read_course(course.folder)[1]]
    assert fault.startswith("01-colours/dot.png: is no picture")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("01-Colours and more", "rename it to '01-colours-and-more'"),
        ("1-colours", "rename it to '01-colours'"),
        ("01_colours", "rename it to '01-colours'"),
        ("colours", "as 01-from-noise-to-picture; the name of any other folder begins with _"),
    ],
)
def test_a_folder_of_another_name_is_told_its_own(course, name, what):
    course.lesson(name)
    (fault,) = [str(problem) for problem in read_course(course.folder)[1]]
    assert fault.startswith(f"{name}: a lesson's folder is named NN-slug")
    assert what in fault


@pytest.mark.parametrize("begin", [b"PK\x03\x04\xff", b"{\\rtf1 Hello}", b"\xd0\xcf\x11\xe0"])
def test_a_document_of_a_word_processor_is_told_as_such(course, begin):
    (course.lesson() / "lesson.md").write_bytes(begin)
    (fault,) = [str(problem) for problem in read_course(course.folder)[1]]
    assert "01-colours/lesson.md: is a document of a word processor; save it as plain text" in fault
    (course.folder / "01-colours" / "lesson.md").rename(course.folder / "01-colours" / "lesson.docx")
    (fault,) = [str(problem) for problem in read_course(course.folder)[1]]
    assert "is missing; there is 'lesson.docx': save it as plain text, in UTF-8, called 'lesson.md'" in fault


def test_links_lead_to_places_of_other_lessons_and_of_none_that_cannot_be_read(course, question):
    course.lesson("02-light", body="## Rays\n", questions=[question | {"id": "light"}])
    assert faults_of(course, "[a](/lessons/light#rays)\n") == []
    (fault,) = faults_of(course, "[a](/lessons/light#waves)\n")
    assert "has no place 'waves'; it has #rays" in fault
    (course.folder / "02-light" / "lesson.md").unlink()
    (fault,) = faults_of(course, "[a](/lessons/light#waves)\n")
    assert fault.startswith("02-light/lesson.md: is missing")


def test_two_pieces_of_a_page_have_footnotes_of_their_own(course):
    text = "A.[^1]\n\n[^1]: One.\n\n:::{margin}\nB.[^1]\n\n[^1]: Two.\n:::\n"
    course.lesson(body=text)
    (lesson,) = read_course(course.folder)[0].lessons
    ids = [part.split('"')[0] for part in str(lesson.blocks).split(' id="')[1:]]
    assert len(ids) == len(set(ids)) == 4
