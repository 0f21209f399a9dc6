"""The estimate is on the high side, in every script, and cheap."""

import pytest

from summarizer.tokens import estimate


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        pytest.param("", 1, 1, id="nothing is one"),
        # Counted by Qwen2.5's vocabulary: 10, 21, 17, 9.
        pytest.param("The council voted 9-4 on Wednesday.", 10, 16, id="English"),
        pytest.param("Der Stadtrat stimmte am Mittwoch mit neun zu vier Stimmen dafür.", 21, 26, id="German"),
        pytest.param("Міська рада проголосувала за новий міст.", 17, 30, id="Ukrainian"),
        pytest.param("市议会周三投票通过了新桥。", 9, 16, id="Chinese"),
        pytest.param("\ud800" * 10, 10, 20, id="lone surrogates"),
    ],
)
def test_estimates(text: str, low: int, high: int) -> None:
    assert low <= estimate(text) <= high


def test_english_needs_fewer() -> None:
    text = "The council voted 9-4 on Wednesday."
    assert 10 <= estimate(text, "en") < estimate(text)


def test_more_text_is_never_fewer_tokens() -> None:
    text = "Ціна зросла на 12 percent, said Müller."
    sizes = [estimate(text[:end]) for end in range(len(text) + 1)]
    assert sizes == sorted(sizes)
