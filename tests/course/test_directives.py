import pytest

from app.course.directives import Lab
from app.course.page import Heading, Prose, render_page


@pytest.fixture
def folder(course):
    folder = course.lesson()
    (folder / "snippets").mkdir()
    (folder / "snippets/say.py").write_text('print("<hello>")\n')
    (folder / "snippets/say.out").write_text("<hello>\n")
    (folder / "broken.png").write_bytes(b"no picture")
    (folder.parent / "secret.txt").write_text("secret\n")
    return folder


def page_of(folder, text):
    pictures = {name: f"/lessons/colours/files/{name}" for name in ("dot.png", "broken.png")}
    return render_page(text, folder, pictures, first_line=20)


def html_of(folder, text):
    page = page_of(folder, text)
    assert page.faults == ()
    return "".join(block.html for block in page.blocks if isinstance(block, Prose))


def test_a_lab_divides_the_text_and_carries_its_settings(folder):
    page = page_of(
        folder, "Before.\n\n:::{lab} player\n:model: digits\n:steps: 50\n\nWatch *it*.\n:::\n\nAfter.\n"
    )
    before, lab, after = page.blocks
    assert (before, after) == (Prose("<p>Before.</p>\n"), Prose("<p>After.</p>\n"))
    assert lab == Lab(
        kind="player",
        id="lab-1",
        number=1,
        caption_html="<p>Watch <em>it</em>.</p>\n",
        options={"model": "digits", "steps": "50"},
        line=22,
        lines={"model": 23, "steps": 24},
    )


def test_labs_are_numbered_in_order(folder):
    page = page_of(folder, ":::{lab} player\n:::\n\n:::{lab} player\n:seed: 2\n:::\n")
    assert [(lab.id, lab.number) for lab in page.blocks] == [("lab-1", 1), ("lab-2", 2)]


def test_headings_make_the_table_of_contents(folder):
    page = page_of(folder, "# No\n\n## One *idea*\n\n### Two\n\n## One idea\n")
    assert page.headings == (
        Heading(2, "one-idea", "One idea"),
        Heading(3, "two", "Two"),
        Heading(2, "one-idea-1", "One idea"),
    )


def test_a_margin_note_has_a_title_and_a_body(folder):
    html = html_of(folder, ":::{margin} Seed & noise\nA *number*.\n:::\n")
    assert '<div class="margin" role="note" aria-label="Seed &amp; noise">' in html
    assert "<p>A <em>number</em>.</p>" in html


def test_a_figure_is_shown_at_its_scale_with_its_caption(folder):
    html = html_of(folder, ":::{figure} dot.png\n:alt: A dot\n:scale: 10\n\nA dot.\n:::\n")
    assert 'class="pixels" src="/lessons/colours/files/dot.png" alt="A dot" width="30" height="20"' in html
    assert '<span class="figure-number">Figure 1</span>\n<p>A dot.</p>' in html


def test_code_is_included_from_the_lesson_and_escaped(folder):
    html = html_of(folder, ":::{code} snippets/say.py\nIt speaks.\n:::\n")
    assert "say.py" in html
    assert "&lt;hello&gt;" in html
    assert "<p>It speaks.</p>" in html


def test_a_drawing_in_an_output_is_described(folder):
    html = html_of(folder, ":::{output} snippets/say.out\n:alt: A greeting\n:::\n")
    assert 'role="img" aria-label="A greeting"' in html
    assert "say.py prints" in html


def test_a_source_shows_the_running_function_with_the_line_numbers_of_its_file(folder):
    html = html_of(folder, ":::{source} app.course.problem:Problem\n:::\n")
    assert "app/course/problem.py" in html
    assert 'data-line="10"' in html


def test_symbols_come_from_the_one_notation(folder):
    html = html_of(folder, ":::{symbols} x0 eps\n:::\n")
    assert html.count("<tr>") == 3
    assert "a clean picture" in html


def test_directives_stand_inside_one_another(folder):
    html = html_of(folder, "::::{takeaways}\n- One.\n\n:::{symbols} t\n:::\n::::\n")
    assert html.index("takeaways") < html.index("<li>One.</li>") < html.index('class="symbols"')


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("\n:::{video} x\n:::\n", 21, "unknown directive 'video'"),
        (":::{lab} player\n:steps: 1\n:steps: 2\n:::\n", 20, "given twice"),
        ("> :::{lab} player\n> :::\n", 20, "stands on its own"),
        (":::{margin} Title\n:side: left\n:::\n", 21, "it takes none"),
        (":::{margin} Title\n\nOne.\n\nTwo $\\nothing$.\n:::\n", 24, "cannot be set"),
        (":::{figure} gone.png\n:alt: x\n:::\n", 20, "no picture 'gone.png'"),
        (":::{figure} dot.png\n:::\n", 20, "needs an :alt:"),
        (":::{figure} broken.png\n:alt: x\n:::\n", 20, "no picture that can be read"),
        (":::{code} snippets/gone.py\n:::\n", 20, "no file 'snippets/gone.py'"),
        (":::{code} ../secret.txt\n:::\n", 20, "no file '../secret.txt'"),
        (":::{source} app.course.problem\n:::\n", 20, "module:function"),
        (":::{source} app.course.problem:gone\n:::\n", 20, "no function or class 'gone'"),
        (":::{symbols} omega\n:::\n", 20, "unknown symbol 'omega'"),
        (":::{takeaways}\n- One.\n", 20, "never closed"),
        ("::: note\nx\n:::\n", 20, "begins with :::{name}"),
    ],
)
def test_a_faulty_directive_is_reported_at_its_line_and_left_out(folder, text, line, what):
    page = page_of(folder, text)
    [(found_line, found)] = page.faults
    assert what in found
    assert found_line == line
    assert "secret" not in "".join(getattr(block, "html", "") for block in page.blocks)
