"""What replies cost: by the list, by a price that was set, and never nothing where it is not known."""

from typing import Any

import pytest

from summarizer.llm.costs import Costs, context_window, list_price
from summarizer.llm.endpoint import OPENAI_URL
from summarizer.report import Usage
from summarizer.settings import Price

# Prices of the list that these tests rest on, in US dollars a million tokens: 0.15 in, 0.60 out, 0.075 cached.
MINI = "gpt-4o-mini"
USED = Usage(1_000_000, 100_000, 400_000)
BY_LIST = 0.6 * 0.15 + 0.4 * 0.075 + 0.1 * 0.60
SET = Price(input=2, output=8, cached=1)


@pytest.mark.parametrize(
    ("name", "url", "options", "usage", "cost"),
    [
        pytest.param(MINI, OPENAI_URL, {}, USED, BY_LIST, id="by the list, cached tokens for less"),
        pytest.param(MINI, OPENAI_URL, {}, Usage(1_000_000, 0), 0.15, id="nothing cached"),
        pytest.param(MINI, OPENAI_URL, {"tier": "default"}, USED, BY_LIST, id="the usual class of service"),
        pytest.param(MINI, OPENAI_URL, {"tier": "priority"}, Usage(1_000_000, 0), 0.25, id="a dearer class"),
        pytest.param(MINI, OPENAI_URL, {"tier": "odd"}, USED, BY_LIST, id="a class that the list does not know"),
        pytest.param("alias", OPENAI_URL, {"served": "gpt-4o-mini-2024-07-18"}, USED, BY_LIST, id="by what served it"),
        pytest.param(MINI, OPENAI_URL, {"served": "odd"}, USED, BY_LIST, id="served by an unknown name"),
        pytest.param("mine", "https://mine.openai.azure.com/openai/v1", {"served": MINI}, USED, BY_LIST, id="a deployment on Azure"),
        pytest.param("no-such-model", OPENAI_URL, {}, USED, None, id="unknown model"),
        pytest.param("no-such-model", OPENAI_URL, {"served": "nor-this"}, USED, None, id="unknown model, both names"),
        pytest.param(MINI, "http://localhost:11434/v1", {}, USED, None, id="a known name on this machine"),
        pytest.param(MINI, "http://127.0.0.1:1/v1", {}, USED, None, id="a known name at a number"),
        pytest.param(MINI, "http://gateway/v1", {}, USED, None, id="a known name in a network of one's own"),
        pytest.param(MINI, "https://gateway.example/v1", {}, USED, None, id="a known name at an unknown server"),
        pytest.param(MINI, "https://api.openai.com.evil.example/v1", {}, USED, None, id="a server that begins like a known one"),
        pytest.param(MINI, "", {}, USED, None, id="no server"),
        pytest.param("text-embedding-3-small", OPENAI_URL, {}, USED, None, id="no price for output"),
        pytest.param(MINI, OPENAI_URL, {}, Usage(None, 10), None, id="input not known"),
        pytest.param(MINI, OPENAI_URL, {}, Usage(10, None), None, id="output not known"),
        pytest.param(MINI, OPENAI_URL, {}, Usage(), None, id="nothing known"),
        pytest.param(MINI, OPENAI_URL, {}, Usage(10, 10, 11), None, id="more cached than sent"),
        pytest.param(MINI, OPENAI_URL, {"price": SET}, USED, 0.6 * 2 + 0.4 + 0.8, id="a price that was set goes first"),
        pytest.param("m", "http://localhost:1/v1", {"price": SET}, USED, 0.6 * 2 + 0.4 + 0.8, id="a price that was set, anywhere"),
        pytest.param("m", "", {"price": Price(input=2, output=8)}, USED, 2.8, id="set, nothing for cached"),
        pytest.param("m", "", {"price": Price(input=0, output=0)}, USED, 0.0, id="set to nothing"),
        pytest.param("m", "", {"price": SET}, Usage(10, 10, 11), None, id="set, more cached than sent"),
        pytest.param("m", "", {"price": SET}, Usage(None, 10), None, id="set, input not known"),
    ],
)  # fmt: skip
def test_what_a_reply_costs(
    name: str, url: str, options: dict[str, Any], usage: Usage, cost: float | None
) -> None:
    costs = Costs(name, url, options.get("price"))
    found = costs.of(usage, served=options.get("served"), tier=options.get("tier"))
    assert found == pytest.approx(cost)
    assert (found is None) == (cost is None)


def test_the_worst_is_without_a_cache() -> None:
    assert Costs(MINI, OPENAI_URL).worst(1_000_000, 100_000) == pytest.approx(0.21)
    assert Costs("m", "http://localhost:1/v1").worst(1, 1) is None


@pytest.mark.parametrize(
    ("name", "url", "price", "context"),
    [
        pytest.param(MINI, OPENAI_URL, Price(input=0.15, output=0.6, cached=0.075), 128_000, id="known"),
        pytest.param("no-such-model", OPENAI_URL, None, None, id="unknown model"),
        pytest.param(MINI, "http://localhost:1/v1", None, None, id="on this machine"),
        pytest.param(
            MINI, "https://api.openai.com.evil.example/v1", None, None, id="begins like a known one"
        ),
    ],
)
def test_what_the_list_says(name: str, url: str, price: Price | None, context: int | None) -> None:
    assert list_price(name, url) == price
    assert context_window(name, url) == context


def test_a_price_that_rises_with_the_length_of_the_prompt() -> None:
    google = "https://generativelanguage.googleapis.com/v1beta/openai"
    price = list_price("gemini-2.5-pro", google)
    assert price is not None
    costs = Costs("gemini-2.5-pro", google)
    assert costs.worst(1000, 0) == pytest.approx(price.input / 1000)
    assert (costs.worst(1_000_000, 0) or 0) > price.input
