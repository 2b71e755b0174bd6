"""Events as the shop tells them: an object of 20 € by default."""

import itertools

from rebond.ledger.events import AmountEvent, RefundEvent, SaleEvent, SoldLine, Subject

_numbers = itertools.count(1)


def subject(label="R-1"):
    return Subject("books.example", label.lower(), label)


def sale_event(seller, cents=(2_000,), *, key=None, **more):
    """A sale of one object for each of `cents`, in the category `home/chairs`."""
    key = key or f"so{next(_numbers)}"
    lines = tuple(
        SoldLine(key=f"l{n}", cents=amount, label=f"Objet {n}", category="home/chairs")
        for n, amount in enumerate(cents)
    )
    return SaleEvent(key=key, seller=seller, subject=subject(key.upper()), lines=lines, **more)


def refund_event(sale_key, cents=None, *, key=None, **more):
    return RefundEvent(key=key or f"re{next(_numbers)}", sale_key=sale_key, cents=cents or {}, **more)


def amount_event(cents, *, key=None, **more):
    return AmountEvent(key=key or f"am{next(_numbers)}", cents=cents, subject=subject(), **more)
