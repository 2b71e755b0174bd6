"""Who pays sellers out: a port. A room above registers the real provider; `test` is here, for trials and the demo.

Money of sellers is never ours: the provider holds it and sends it. `pay_out` is called outside any transaction, may
be called again with the same key, and then answers the same.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Answer:
    """`reference` of the provider where it took the order; `is_paid` where the money has already arrived;
    `refusal` says why it did not take it.
    """

    reference: str = ""
    is_paid: bool = False
    refusal: str = ""


PayOut = Callable[[Any], Answer]
Payable = Callable[[Collection[int]], set[int]]
_PROVIDERS: dict[str, PayOut] = {}
_PAYABLE: dict[str, Payable] = {}


def register_provider(name: str, pay_out: PayOut, payable: Payable | None = None) -> None:
    """Add a provider; raise ValueError where the name is taken by another one.

    `payable` answers which of some organisations (by key) it can pay: those whose account there is complete.
    """
    if _PROVIDERS.get(name, pay_out) is not pay_out:
        raise ValueError(f"the provider {name} is registered twice")
    _PROVIDERS[name] = pay_out
    if payable is not None:
        _PAYABLE[name] = payable


def payable_among(owners: Collection[int]) -> set[int]:
    """Those that the provider of the settings can pay: all of them where it needs no account of theirs."""
    ask = _PAYABLE.get(settings.PAYOUT_PROVIDER)
    return set(owners) if ask is None else ask(owners)


def is_set() -> bool:
    """Whether the settings name a provider that somebody registered."""
    return settings.PAYOUT_PROVIDER in _PROVIDERS


def pay_out(payout: Any) -> Answer:
    """Ask the provider of the settings; raise KeyError where nobody registered it."""
    return _PROVIDERS[settings.PAYOUT_PROVIDER](payout)


def pay_out_for_trial(payout: Any) -> Answer:
    """Amounts tell what happens: those that end with 13 cents are refused, with 14 cents on their way for a while."""
    end = payout.cents % 100
    if end == 13:
        return Answer(refusal=_("The bank account is closed."))
    return Answer(reference=f"test_{payout.public_id}", is_paid=end != 14)


register_provider("test", pay_out_for_trial)
