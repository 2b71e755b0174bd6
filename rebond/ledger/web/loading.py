"""What the views of the books load, with rights."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.pdf import render_pdf
from rebond.ledger.models import Account, Entry, FeeRule, Invoice, InvoiceContest, MoneyRequest, Payout
from rebond.ledger.queries.statements import paper_of, statement_of
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


def statement_paper(account: Account, year: int, month: int) -> HttpResponse:
    """The PDF of a month that has begun; raise Http404 for another one."""
    try:
        found = statement_of(account, year, month)
    except ValueError:
        raise Http404 from None
    if found.first > timezone.localdate():
        raise Http404
    name = f"{_('statement')}-{account.owner.slug}-{found.first:%Y-%m}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(
        render_pdf("ledger/statement", paper_of(found)), content_type="application/pdf", headers=headers
    )


def load_invoice(request: HttpRequest, public_id: str, *, own: bool = False) -> Invoice:
    """An invoice of the organisation acted for, or (not `own`) of the books that it keeps; raise Http404.

    Not `own`: that of a service billed to it, too.
    """
    organisation = books_kept(request)
    mine = Q(seller=organisation)
    if not own:
        mine |= Q(operator=organisation) | Q(service__customer=organisation)
    rows: Any = Invoice.objects.visible_to(request.user).filter(mine)
    found: Invoice = get_object_or_404(
        rows.select_related("seller", "operator", "mandate", "corrects", "replaces", "sale", "service"),
        public_id=public_id,
    )
    return found


def load_request(request: HttpRequest, public_id: str) -> MoneyRequest:
    """What was asked in the organisation acted for; raise Http404."""
    rows: Any = MoneyRequest.objects.visible_to(request.user).filter(organisation=books_kept(request))
    found: MoneyRequest = get_object_or_404(rows.select_related("organisation"), public_id=public_id)
    return found


def load_contest(request: HttpRequest, public_id: str) -> InvoiceContest:
    """What a seller contests in the books kept; raise Http404."""
    rows = InvoiceContest.objects.filter(invoice__operator=books_kept(request))
    found: InvoiceContest = get_object_or_404(
        rows.select_related("invoice__seller", "invoice__operator", "invoice__mandate", "invoice__sale__billing"),
        invoice__public_id=public_id,
    )
    return found
