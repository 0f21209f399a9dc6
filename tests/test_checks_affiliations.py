"""People said to be of an organisation that the article gives to another one."""

import pytest

from summarizer.checks import affiliations
from tests.retellings import mismatches


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("Lena Marsh of the University of Calder called the detour a nightmare.", ["role_swapped"], id="another's university"),
        pytest.param("Lena Marsh of Fairway called the detour a nightmare.", [], id="her own, told by a pronoun"),
        pytest.param("Amir Dean of the University of Calder wants bridges checked.", [], id="right"),
        pytest.param("Amir Dean wants bridges checked.", [], id="no organisation"),
        pytest.param("Karen Oldfield of Northgate Bank urged caution.", [], id="an organisation that the article lacks"),
    ],
)  # fmt: skip
def test_affiliations(text: str, codes: list[str]) -> None:
    assert [signal.code for signal in mismatches(affiliations.check, "en", text)] == codes
