"""What replies cost, by the price list of ``genai-prices`` or a price that was set; unknown is never 0.

The list is imported when a server that may be in it is first asked about: it takes half a second.
"""

import ipaddress
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..report import Usage
from ..settings import Price
from .endpoint import is_loopback

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

_MILLION = 1_000_000


class Costs:
    """What replies of one model at one server cost; ``price`` goes before the list."""

    def __init__(self, name: str, base_url: str, price: Price | None = None) -> None:
        self._name = name
        self._base_url = base_url
        self._price = price

    def of(self, usage: Usage, *, served: str | None = None, tier: str | None = None) -> float | None:
        """US dollars for a reply, None when its price or what it took is not known.

        ``served`` is the name that the server gave the model, ``tier`` the class of service: both come
        with the reply.
        """
        sent, written = usage.input_tokens, usage.output_tokens
        cached = usage.cached_tokens or 0
        if sent is None or written is None or cached > sent:
            return None
        if self._price is not None:
            for_cached = self._price.input if self._price.cached is None else self._price.cached
            total = (sent - cached) * self._price.input + cached * for_cached + written * self._price.output
            return total / _MILLION
        # An alias, or a deployment on Azure, is priced by what served it.
        for name in (served, self._name):
            found = _calculate(name, self._base_url, sent, written, cached, tier) if name else None
            if found is not None and _is_priced(found):
                return float(found.total_price)
        return None

    def worst(self, input_tokens: int, output_tokens: int) -> float | None:
        """US dollars for a reply of that size with nothing cached, None when the price is not known."""
        return self.of(Usage(input_tokens, output_tokens))


def list_price(name: str, base_url: str) -> Price | None:
    """The list's price of a model in US dollars a million tokens, for prompts of the usual length."""
    found = _calculate(name, base_url)
    if found is None or not _is_priced(found):
        return None
    price: Any = found.model_price  # its attributes are the list's columns
    cached = price.cache_read_mtok
    return Price(
        input=_base(price.input_mtok),
        output=_base(price.output_mtok),
        cached=None if cached is None else _base(cached),
    )


def context_window(name: str, base_url: str) -> int | None:
    """The tokens that fit into a model by the list; None for a server or model that it does not have."""
    found = _calculate(name, base_url)
    return None if found is None else found.model.context_window


def _calculate(
    name: str, base_url: str, sent: int = 0, written: int = 0, cached: int = 0, tier: str | None = None
) -> "PriceCalculation | None":
    if not _may_be_listed(base_url):
        return None
    import genai_prices

    usage = genai_prices.Usage(input_tokens=sent, output_tokens=written, cache_read_tokens=cached)
    context = None if tier is None else {"service_tier": tier}
    try:
        found = genai_prices.calc_price(usage, name, provider_api_url=base_url, price_context=context)
    except (LookupError, ValueError):
        return None
    return found if _is_whole_host(found.provider.api_pattern, base_url) else None


def _is_priced(found: "PriceCalculation") -> bool:
    price: Any = found.model_price
    return price.input_mtok is not None and price.output_mtok is not None


def _base(price: Any) -> float:
    """A price, or the first of those that rise with the length of the prompt."""
    return float(getattr(price, "base", price))


def _may_be_listed(url: str) -> bool:
    """Only servers with a public name are: for others the list need not be read."""
    host = urlsplit(url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not is_loopback(url)
    return False


def _is_whole_host(pattern: str, url: str) -> bool:
    """The list's patterns match beginnings: api.openai.com.example is nobody's that it knows."""
    match = re.match(pattern, url)
    if match is None:
        return False
    return match[0].endswith((".", "/")) or url[match.end() : match.end() + 1] in ("", "/", ":")
