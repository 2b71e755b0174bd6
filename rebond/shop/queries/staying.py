"""Parcels of orders that keep their label but must not leave: the same reasons as `actions.part.check_kept`."""

from django.db.models import CharField, Exists, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from rebond.shop.enums import OrderLineState, ReturnState
from rebond.shop.models import Dispute, OrderLine
from rebond.warehouse.queries.staying import Stay, add_stay

# The lines of the parcel that a shipment carries, as `queries.carried.reference_of` names it.
_named = Concat(OuterRef("subject"), Value("-"), Cast("parcel", CharField()), output_field=CharField())
_inside = OrderLine.objects.filter(part__order__public_id=OuterRef("subject")).alias(named=_named)
_inside = _inside.filter(named=OuterRef("reference"))
_sold = _inside.filter(state=OrderLineState.SOLD)
_contested = Dispute.objects.open().filter(payment__order__public_id=OuterRef("subject"))
_withdrawn = _sold.filter(
    part__returns__state=ReturnState.UNSENT, part__returns__lines__line__state=OrderLineState.SOLD
)  # fmt: skip


def register() -> None:
    """Called when the app is ready."""
    add_stay(
        Stay(
            "unsold",
            _("Nothing in it is bought any more: take the label off and put the objects back."),
            Q(Exists(_inside)) & ~Q(Exists(_sold)),
        )
    )
    add_stay(
        Stay(
            "withdrawn",
            _("The buyer withdrew from objects of this order: keep it here, and refund them in the returns."),
            Q(Exists(_withdrawn)),
        )
    )
    add_stay(
        Stay(
            "contested",
            _("The buyer’s bank contests the payment: keep it here until the bank decides."),
            Q(Exists(_contested)),
        )
    )
