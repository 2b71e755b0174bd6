"""What an invoice does not need of a buyer: the address to write to and the telephone."""

from collections.abc import Sequence

from rebond.ledger.models import BilledSale


def forget_contacts(*, sale_keys: Sequence[str]) -> int:
    """Take e-mail and telephone out of what these sales are invoiced with; return how many had some.

    Name and address stay for the credit note that may follow, and on papers that were issued (10 years, rules.md F8).
    The caller's transaction holds; its own entry in the journal tells it.
    """
    changed = 0
    for billed in BilledSale.objects.filter(sale__key__in=sale_keys):
        if billed.buyer.get("email") or billed.buyer.get("phone"):
            billed.buyer |= {"email": "", "phone": ""}
            BilledSale.objects.filter(pk=billed.pk).update(buyer=billed.buyer)
            changed += 1
    return changed
