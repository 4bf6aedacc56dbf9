from benchmarks.conditions import asked, conditions_of
from tests.tiny_model import write_tiny_model, write_tiny_painter


def test_viewers_of_a_model_of_classes_ask_for_one_class(tmp_path):
    card = write_tiny_model(tmp_path).card
    assert [asked(card, viewer) for viewer in range(3)] == [{"label": "round"}] * 3
    assert conditions_of(card, 3).tolist() == [0, 0, 0]


def test_viewers_of_a_model_of_prompts_ask_for_a_prompt_each_that_it_reads_without_contradiction(tmp_path):
    card = write_tiny_painter(tmp_path).card
    prompts = [asked(card, viewer)["prompt"] for viewer in range(9)]
    assert prompts[:4] == ["dawn sea", "day hills", "night forest", "dawn sea"]
    assert card.vocabulary
    for prompt in prompts:
        read = card.vocabulary.read(prompt)
        assert (len(read.words), read.unknown, read.contradictions) == (2, (), ())
    rows = conditions_of(card, 2).tolist()
    assert rows == [list(card.vocabulary.read(prompt).row) for prompt in prompts[:2]]
