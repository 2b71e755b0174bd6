"""Whether what was bought is on the seller's shelves again already."""

from django.utils import timezone

from rebond.core.dates import midnight
from rebond.journal.models import Entry, Transition
from rebond.shop.models import OrderLine


def is_back_by_hand(line: OrderLine) -> bool:
    """Somebody put the object back into stock by its own page since this line bought it, or the last units of it.

    Units taken from a batch that still had some never leave the sale: nobody puts them back by hand. What the shop
    itself brings back says how many (`n`), a person's act does not. Hours may be hidden: days are compared.
    """
    about = {"subject_kind": "catalogue.item", "subject_id": line.item.public_id}
    sales = Transition.objects.filter(verb="sell", reason=line.part.order.public_id, **about)
    sold = sales.order_by("-pk").first()
    if sold is None:
        return False
    since = midnight(timezone.localdate(sold.at))
    back = Entry.objects.filter(action="catalogue.item.restocked", at__gte=since, **about)
    return any("n" not in data for data in back.values_list("data", flat=True))
