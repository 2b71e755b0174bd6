"""The words of the codes that a person's readable file shows; the JSON file keeps the codes, which programs read."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from rebond.shop.data.dispute_reasons import OTHER, REASONS
from rebond.shop.queries.personal_shape import Section, shown
from rebond.workshop.kinds import label_of

# (section, column): the field whose choices name what the column holds.
FIELDS = {
    ("appointments", "state"): "shop.Appointment.state",
    ("alerts", "frequency"): "shop.Alert.frequency",
    ("alerts", "state"): "shop.Alert.state",
    ("basket", "state"): "shop.BasketLine.state",
    ("changes", "state"): "shop.PartRequest.state",
    ("conversations", "reason"): "shop.Conversation.reason",
    ("conversations", "state"): "shop.Conversation.state",
    ("corrections", "state"): "people.Correction.state",
    ("decisions", "outcome"): "shop.Settlement.outcome",
    ("decisions", "repair"): "shop.Repair.state",
    ("dispute_answers", "choice"): "shop.DisputeAnswer.choice",
    ("disputes", "state"): "shop.Dispute.state",
    ("gifts", "state"): "shop.RoundUp.state",
    ("gift_card_uses", "state"): "shop.GiftSpend.state",
    ("gift_cards", "state"): "shop.GiftCard.state",
    ("vouchers", "state"): "shop.VoucherUse.state",
    ("invitations", "role"): "network.Invitation.role",
    ("lowered_refunds", "state"): "shop.ReturnLoss.state",
    ("mails", "state"): "journal.OutgoingMail.state",
    ("messages", "author"): "shop.Message.author",
    ("needs", "kind"): "people.Need.kind",
    ("notices", "reason"): "shop.Notice.reason",
    ("notices", "state"): "shop.Notice.state",
    ("objects", "delivery_mode"): "shop.OrderLine.delivery_mode",
    ("objects", "state"): "shop.SellerOrder.state",
    ("orders", "state"): "shop.Order.state",
    ("organisations", "role"): "network.Membership.role",
    ("parcels", "mode"): "shop.OrderParcel.mode",
    ("payments", "state"): "shop.Payment.state",
    ("refunds", "reason"): "shop.Refund.reason",
    ("returned_objects", "condition"): "shop.ReturnCheck.condition",
    ("returned_objects", "fate"): "shop.ReturnCheck.fate",
    ("returned_objects", "found"): "shop.ReturnCheck.found",
    ("returns", "state"): "shop.Return.state",
    ("returns", "way"): "shop.Return.way",
    ("second_factors", "type"): "mfa.Authenticator.type",
    ("badges", "state"): "skills.Award.state",
    ("level_answers", "kind"): "skills.Answer.kind",
    ("levels", "said_by"): "skills.Assessment.said_by",
    ("skills", "level"): "workshop.WorkerSkill.level",
    ("skills", "wish"): "workshop.WorkerSkill.wish",
    ("consents", "how"): "people.Consent.how",
    ("consents", "kind"): "people.Consent.kind",
    ("statuses", "kind"): "people.Status.kind",
    ("steps", "result"): "workshop.Step.result",
    ("transfers", "state"): "shop.BankLine.state",
    ("unknown_parcels", "state"): "shop.StrayParcel.state",
    ("withdrawals", "reason"): "shop.Withdrawal.reason",
    ("withdrawn_opinions", "complaint_state"): "shop.CommentRemoval.complaint_state",
    ("withdrawn_opinions", "ground"): "shop.CommentRemoval.ground",
    ("work", "status"): "workshop.Worker.status",
}
PROVIDERS: dict[str, Promise] = {
    "gift_card": pgettext_lazy("payment provider", "Gift card"),
    "test": pgettext_lazy("payment provider", "Trial, no real money"),
    "transfer": pgettext_lazy("payment provider", "Bank transfer"),
    "collection": pgettext_lazy("payment provider", "To the seller, on collection"),
}
ASIDE: Promise = pgettext_lazy("basket line", "Put aside for later")
HIDDEN = {("journal", "action")}  # the code of an act: `told` says it in words


@cache
def _choices(field: str) -> dict[Any, Any]:
    model, _dot, name = field.rpartition(".")
    field_of = apps.get_model(model)._meta.get_field(name)  # noqa: SLF001 -- Django's documented name
    return dict(field_of.flatchoices)


def _other(section: str, column: str, value: str) -> Any:
    if column == "kind" and section in {"evidence", "skills", "steps"}:
        return label_of(value)
    if (section, column) == ("disputes", "reason"):
        return REASONS.get(value, OTHER).title
    if (section, column) == ("payments", "provider"):
        return PROVIDERS.get(value, value.capitalize())
    if (section, column) == ("account", "language"):
        return dict(settings.LANGUAGES).get(value, value)
    return ASIDE if (section, column, value) == ("basket", "state", "later") else value


def in_words(section: str, column: str, value: Any) -> Any:
    """What a person reads for a code of this column; anything else as it is."""
    if not isinstance(value, str) or not value:
        return value
    field = FIELDS.get((section, column))
    return _choices(field).get(value) or _other(section, column, value) if field else _other(section, column, value)


def readable(section: Section, rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """A section as the page to read draws it."""
    columns = [(n, key, label) for n, (key, label) in enumerate(section.columns) if (section.key, key) not in HIDDEN]
    return {
        "label": section.label,
        "head": [label for _n, _key, label in columns],
        "rows": [[shown(key, in_words(section.key, key, row[n])) for n, key, _label in columns] for row in rows],
    }
