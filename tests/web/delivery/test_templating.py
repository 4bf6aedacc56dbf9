"""What templates can rely on beside their context."""

from __future__ import annotations

from app.web.delivery.templating import isolated


def test_a_quoted_word_cannot_turn_the_sentence_round_or_be_markup():
    assert isolated("The model's words, and not these: “בית”, “<”, “b”.") == (
        "The model&#39;s words, and not these: “<bdi>בית</bdi>”, “<bdi>&lt;</bdi>”, “<bdi>b</bdi>”."
    )


def test_a_note_that_quotes_nothing_is_escaped_and_left_as_it_is():
    assert isolated("Nothing <b> at all.") == "Nothing &lt;b&gt; at all."
