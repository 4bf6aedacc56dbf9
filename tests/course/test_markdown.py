import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.course.pieces import render_block, render_text
from app.course.place import Place


class Tags(HTMLParser):
    """The names of tags and attributes in a page, as a browser would see them."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


def rendered(text, **pictures):
    place = Place(pictures=pictures)
    return render_block(text, place), [what for _, what in place.faults]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div style='color:red'>x</div>",
        "<!-- <script> -->",
    ],
)
def test_raw_html_is_shown_as_text(text):
    html, _ = rendered(text)
    for tag in ("<script", "<img", "<div", "<!--"):
        assert tag not in html
    assert "&lt;" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "data:image/png;base64,AAAA",
        "vbscript:x",
        "file:///etc/passwd",
        "//elsewhere.example/x",
        "../../secret.png",
    ],
)
def test_links_and_pictures_elsewhere_are_refused(address):
    html, _ = rendered(f"[a]({address}) ![b]({address})")
    assert "href=" not in html
    assert "src=" not in html


@pytest.mark.parametrize("address", ["https://arxiv.org/abs/2006.11239", "/lessons/x", "#part"])
def test_links_to_the_web_this_site_and_this_page_are_made(address):
    assert f'<a href="{address}"' in rendered(f"[a]({address})")[0]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("[Ho 2020](https://arxiv.org/abs/2006.11239)", "arxiv.org/abs/2006.11239"),
        ("[*Ho* 2020](http://www.example.org/)", "example.org"),
        ("[arXiv 2006.11239](https://arxiv.org/abs/2006.11239)", None),
        ("[a page](https://example.org/a/very/long/way/to/this/one/page.html)", None),
        ("[here](/lessons/x)", None),
        ("[here](#part)", None),
    ],
)
def test_a_link_to_another_site_notes_the_short_address_that_is_printed_after_it(written, printed):
    found = re.findall(r'data-printed="([^"]+)"', rendered(f"See {written}.")[0])
    assert found == ([printed] if printed else [])


@pytest.mark.parametrize("address", ["other.md", "data.csv"])
def test_a_link_to_a_file_is_a_fault(address):
    _, faults = rendered(f"[a]({address})")
    assert len(faults) == 1
    assert f"a link leads to https://…, mailto:…, /… or #…; received '{address}'" in faults[0]


def test_attributes_other_than_the_allowed_ones_are_faults_and_left_out():
    html, faults = rendered('{.lead style="color:red" onclick="x()"}\nText')
    assert html == '<p class="lead">Text</p>\n'
    assert len(faults) == 1
    assert "onclick" in faults[0]
    assert "style" in faults[0]


def test_pictures_are_shown_at_their_address_and_need_a_text():
    html, faults = rendered("![A dot](dot.png){.pixels width=30}", **{"dot.png": "/lessons/x/files/dot.png"})
    assert '<img src="/lessons/x/files/dot.png" alt="A dot" width="30" class="pixels"' in html
    assert not faults
    assert rendered("![](dot.png)", **{"dot.png": "/d"})[1]


def test_a_fault_is_noted_at_its_line():
    place = Place(first_line=10)
    render_block("One.\n\nTwo $\\nothing$.\n", place)
    assert [line for line, _ in place.faults] == [12]


def test_code_is_highlighted_with_classes_and_can_be_reached_by_keyboard():
    html, _ = rendered("```python\nfor x in y:\n    pass\n```")
    assert html.startswith('<pre class="code" tabindex="0"><code class="language-python" translate="no">')
    assert '<span class="line" data-line="2">' in html
    assert " style=" not in html


def test_an_unknown_language_is_a_fault():
    assert "klingon" in rendered("```klingon\nx\n```")[1][0]


def test_prices_are_not_taken_for_formulas():
    assert "<math" not in rendered("It costs $5 or $10 a month.")[0]


def test_tables_and_footnotes_work():
    html, _ = rendered("| a |\n|---|\n| b |\n\nText[^1].\n\n[^1]: A note.\n")
    assert '<table tabindex="0">' in html
    assert "<td>b</td>" in html
    assert 'class="footnotes"' in html


def test_a_single_paragraph_comes_without_its_tag_and_two_keep_theirs():
    assert render_text("One *word*.", Place()) == "One <em>word</em>."
    assert render_text("One.\n\nTwo.", Place()).count("<p>") == 2


@given(st.text(alphabet="<>&\"'`$*[](){}:!#\\/=\n abcjst0", max_size=60))
def test_no_text_makes_a_script_a_handler_or_a_style(text):
    reader = Tags()
    reader.feed(rendered(text)[0])
    assert "script" not in reader.names
    assert not [name for name in reader.attributes if name == "style" or name.startswith("on")]
