"""The journal's sentences about alerts and reports of visitors."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAILS: dict[str, Promise | str] = {
    "shop.alert": _("New objects of an alert"),
    "shop.order": _("Confirmation of an order"),
    "shop.part": _("An order that left or is ready"),
    "shop.refund": _("Refund of an order"),
    "shop.invoice": _("Invoices and credit notes of an order"),
    "shop.freed": _("An object that somebody waited for is free"),
    "shop.alert.confirm": _("Alert to confirm"),
    "shop.notice": _("Report of an object"),
    "shop.withdrawal": _("Acknowledgement of a withdrawal"),
    "shop.withdrawal.seller": _("A withdrawal, told to the seller"),
    "shop.order.link": _("Link to an order, asked for to withdraw"),
}
SENTENCES: dict[str, Promise | str] = {
    "shop.alert.created": _("An alert was made: %(subject)s"),
    "shop.alert.confirmed": _("An alert was confirmed by mail: %(subject)s"),
    "shop.alert.stopped": _("An alert was stopped: %(subject)s"),
    "shop.alert.resumed": _("An alert was turned on again: %(subject)s"),
    "shop.alert.deleted": _("An alert was deleted: %(subject)s"),
    "shop.alerts.followed": _("The alerts of an account follow its new address: %(subject)s"),
    "shop.order.placed": _("An order was placed: %(subject)s"),
    "shop.order.paid": _("An order was paid: %(subject)s"),
    "shop.order.lapsed": _("Nobody paid the order: %(subject)s"),
    "shop.part.shipped": _("%(actor)s sent the order: %(subject)s"),
    "shop.part.ready": _("%(actor)s made the order ready to collect: %(subject)s"),
    "shop.part.delivered": _("The order was received: %(subject)s"),
    "shop.part.changed": _("%(actor)s changed the order: %(subject)s"),
    "shop.part.asked": _("%(actor)s asked for a change of the order: %(subject)s"),
    "shop.part.granted": _("%(actor)s granted a change of the order: %(subject)s"),
    "shop.part.refused": _("%(actor)s refused a change of the order: %(subject)s"),
    "shop.refund.asked": _("A refund was asked of the payment provider: %(subject)s"),
    "shop.withdrawal.declared": _("The buyer withdrew from a purchase: %(subject)s"),
    "shop.withdrawal.explained": _("The buyer gave the reason of a withdrawal: %(subject)s"),
    "shop.return.sent": _("The buyer sent objects back: %(subject)s"),
    "shop.return.refunded": _("%(actor)s refunded what came back: %(subject)s"),
    "shop.return.arrived": _("%(actor)s noted that objects came back: %(subject)s"),
    "shop.notice.created": _("An object was reported: %(subject)s"),
    "shop.notice.decided": _("%(actor)s decided on the report: %(subject)s"),
}
