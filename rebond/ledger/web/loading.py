"""What the views of the books load, with rights."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from rebond.ledger.models import Account, Entry, FeeRule, Payout
from rebond.network.models import Organisation


def books_kept(request: HttpRequest) -> Organisation:
    """The operator whose books are kept: the organisation acted for; raise Http404 without one."""
    organisation: Organisation | None = request.access.organisation  # type: ignore[attr-defined]
    if organisation is None:
        raise Http404
    return organisation


def load_account(request: HttpRequest, public_id: str) -> Account:
    """An account of the books kept by the organisation acted for; raise Http404."""
    rows: Any = Account.objects.visible_to(request.user).filter(operator=books_kept(request))
    found: Account = get_object_or_404(rows.select_related("owner", "operator"), public_id=public_id)
    return found


def load_entry(request: HttpRequest, number: int) -> Entry:
    """An entry of the books kept by the organisation acted for; raise Http404."""
    rows: Any = Entry.objects.visible_to(request.user).filter(operator=books_kept(request))
    found: Entry = get_object_or_404(rows.select_related("operator", "reverses", "claim"), pk=number)
    return found


def load_rule(request: HttpRequest, public_id: str) -> FeeRule:
    """A rule of the organisation acted for; raise Http404."""
    rows: Any = FeeRule.objects.filter(operator=books_kept(request)).select_related("operator")
    found: FeeRule = get_object_or_404(rows, public_id=public_id)
    return found


def load_payout(request: HttpRequest, public_id: str) -> Payout:
    """A payout of the books of the organisation acted for; raise Http404."""
    rows: Any = Payout.objects.filter(account__operator=books_kept(request))
    found: Payout = get_object_or_404(rows.select_related("account__owner", "account__operator"), public_id=public_id)
    return found
