"""What the site knows of a person after an order: withdrawals, returns, words, decisions, disputes (GDPR art. 15)."""

import json
from collections.abc import Iterator
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.seo import absolute
from rebond.journal.models import StoredFile
from rebond.shop.models import (
    Appointment,
    Attachment,
    BankLine,
    CheckPhoto,
    CommentRemoval,
    Conversation,
    Dispute,
    DisputeAnswer,
    DisputeProof,
    Message,
    Notice,
    PartRequest,
    Rating,
    Return,
    ReturnCheck,
    ReturnLoss,
    Settlement,
    StrayParcel,
    StrayPhoto,
    Withdrawal,
)
from rebond.shop.money_enums import DisputeAnswerState
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal_shape import Rows, Section
from rebond.shop.queries.terms import terms_of_order, terms_path

PART, PAID = "part__order__public_id", "payment__order__public_id"
SENT = DisputeAnswerState.SENT


def files_of(person: Person) -> Iterator[tuple[str, StoredFile]]:
    """(path in the ZIP, file): of the conversations that they may read, of what came back, of what a bank was sent."""
    orders = person.orders()
    attached = Attachment.objects.filter(message__conversation__part__order__in=orders, message__is_internal=False)
    photos = CheckPhoto.objects.filter(check_in__returned__back__part__order__in=orders)
    proofs = DisputeProof.objects.filter(answer__dispute__payment__order__in=orders, answer__state=SENT)
    strays = StrayPhoto.objects.filter(stray__part__order__in=orders)
    kinds: tuple[tuple[str, Any], ...] = (
        ("pieces", attached),
        ("retours", photos),
        ("colis", strays),
        ("banque", proofs),
    )
    for folder, rows in kinds:
        for row in rows.select_related("stored").order_by("pk").iterator(chunk_size=100):
            yield f"{folder}/{row.public_id}-{row.stored.name}", row.stored


def _appointments(person: Person) -> Rows:
    rows = Appointment.objects.filter(parcel__order__in=person.orders()).order_by("pk")
    names = "slot__starts_at", "slot__ends_at", "slot__agenda__organisation__name", "code", "state"
    return rows.values_list("parcel__order__public_id", *names)


def _withdrawals(person: Person) -> Rows:
    rows = Withdrawal.objects.filter(part__order__in=person.orders()).order_by("pk")
    return rows.values_list("public_id", PART, "declared_at", "name", "email", "reason", "comment")


def _returns(person: Person) -> Rows:
    rows = Return.objects.filter(part__order__in=person.orders()).order_by("pk")
    names = "state", "way", "tracking", "objects_cents", "shipping_cents", "surcharge_cents"
    return rows.values_list("public_id", PART, "created_at", *names, "arrived_at", "closed_at")


def _checks(person: Person) -> Rows:
    rows = ReturnCheck.objects.filter(returned__back__part__order__in=person.orders()).order_by("pk")
    names = "opened_on", "found", "fate", "condition", "note", "decided_on"
    return rows.values_list("returned__back__public_id", "returned__line__title", *names)


def _strays(person: Person) -> Rows:
    rows = StrayParcel.objects.filter(part__order__in=person.orders()).order_by("pk")
    kept = "noted_on", "number", "note", "state", "reason", "asked_on", "confirmed_on", "address"
    for *facts, address in rows.values_list(PART, *kept):
        said = json.loads(address).values() if address else ()
        yield *facts, ", ".join(word for word in said if word)


def _losses(person: Person) -> Rows:
    rows = ReturnLoss.objects.filter(back__part__order__in=person.orders()).order_by("pk")
    return rows.values_list("back__public_id", "asked_on", "cents", "reason", "state", "decided_on")


def _changes(person: Person) -> Rows:
    rows = PartRequest.objects.filter(part__order__in=person.orders()).order_by("pk")
    return rows.values_list(PART, "created_at", "cents", "note", "state", "decided_at")


def _conversations(person: Person) -> Rows:
    rows = Conversation.objects.filter(part__order__in=person.orders()).order_by("pk")
    return rows.values_list(PART, "opened_at", "reason", "state", "closed_at")


def _messages(person: Person) -> Rows:
    rows = Message.objects.filter(conversation__part__order__in=person.orders(), is_internal=False)
    return rows.order_by("pk").values_list(
        "conversation__part__order__public_id", "created_at", "author", "name", "text"
    )


def _settlements(person: Person) -> Rows:
    rows = Settlement.objects.filter(conversation__part__order__in=person.orders()).order_by("pk")
    names = "decided_at", "line__title", "outcome", "cents", "due_on", "words"
    repair = "repair__state", "repair__arrived_on", "repair__ended_on"
    return rows.values_list("conversation__part__order__public_id", *names, *repair)


def _ratings(person: Person) -> Rows:
    rows = Rating.objects.filter(part__order__in=person.orders()).order_by("pk")
    names = "answered_at", "changed_at", "score", "comment", "byline", "reply", "replied_at"
    return rows.values_list(PART, *names)


def _removals(person: Person) -> Rows:
    rows = CommentRemoval.objects.filter(rating__part__order__in=person.orders()).order_by("pk")
    names = "removed_at", "ground", "statement", "complaint", "complaint_state", "answer", "ended_at"
    return rows.values_list("rating__part__order__public_id", *names)


def _disputes(person: Person) -> Rows:
    rows = Dispute.objects.filter(payment__order__in=person.orders()).order_by("pk")
    return rows.values_list(PAID, "opened_at", "cents", "reason", "state", "closed_at")


def _answers(person: Person) -> Rows:
    """Those that left for the bank: what is only prepared is nobody's yet."""
    rows = DisputeAnswer.objects.filter(dispute__payment__order__in=person.orders(), state=SENT).order_by("pk")
    return rows.values_list("dispute__payment__order__public_id", "sent_at", "choice", "text")


def _transfers(person: Person) -> Rows:
    rows = BankLine.objects.filter(payment__order__in=person.orders()).order_by("pk")
    return rows.values_list(PAID, "booked_on", "cents", "payer", "text", "state")


def _terms(person: Person) -> Rows:
    for order in person.orders().iterator(chunk_size=200):
        for version in terms_of_order(order):
            whose = version.organisation.name if version.organisation is not None else ""
            yield order.public_id, whose, version.number, version.published_at, absolute(terms_path(version))


def _notices(person: Person) -> Rows:
    rows = Notice.objects.alias(low=Lower("email")).filter(low__in=person.emails).order_by("pk")
    return rows.values_list("item_title", "created_at", "reason", "explanation", "state", "statement")


_order, _when, _state, _reason = pgettext_lazy("seller", "Order"), _("When"), _("State"), _("Reason")
_name, _email, _sum, _back, _end = _("Name"), _("E-mail"), _("Amount"), _("Return"), _("Ended on")
AFTER_SALES: tuple[Section, ...] = (
    Section(
        "terms",
        _("General terms that you accepted"),
        (
            ("order", _order),
            ("seller", _("Seller")),
            ("number", _("Version")),
            ("published_at", pgettext_lazy("terms", "Published on")),
            ("address", pgettext_lazy("web", "Address")),
        ),
        _terms,
    ),
    Section(
        "transfers",
        _("Transfers that you made"),
        (
            ("order", _order),
            ("booked_on", _("Date")),
            ("amount_cents", _sum),
            ("payer", _name),
            ("text", _("Text")),
            ("state", _state),
        ),
        _transfers,
    ),
    Section(
        "appointments",
        _("Appointments"),
        (
            ("order", _order),
            ("starts_at", pgettext_lazy("period", "From")),
            ("ends_at", _("Until")),
            ("seller", _("Seller")),
            ("code", _("Code")),
            ("state", _state),
        ),
        _appointments,
    ),
    Section(
        "withdrawals",
        _("Withdrawals"),
        (
            ("number", _("Number")),
            ("order", _order),
            ("declared_at", _when),
            ("name", _name),
            ("email", _email),
            ("reason", _reason),
            ("comment", _("Comment")),
        ),
        _withdrawals,
    ),
    Section(
        "returns",
        _("Returns"),
        (
            ("number", _("Number")),
            ("order", _order),
            ("created_at", _when),
            ("state", _state),
            ("way", _("Way")),
            ("tracking", _("Tracking number")),
            ("objects_cents", _("Objects")),
            ("shipping_cents", _("Delivery")),
            ("surcharge_cents", _("Added for being late")),
            ("arrived_at", _("Arrived on")),
            ("closed_at", _end),
        ),
        _returns,
    ),
    Section(
        "returned_objects",
        _("What came back, and what was found"),
        (
            ("return", _back),
            ("title", _("Object")),
            ("opened_on", _("Date")),
            ("found", pgettext_lazy("return", "Found")),
            ("fate", _("What becomes of it")),
            ("condition", _("Condition")),
            ("note", _("Note")),
            ("decided_on", _("Decided on")),
        ),
        _checks,
    ),
    Section(
        "unknown_parcels",
        _("Parcels of yours that came back and that nobody expected"),
        (
            ("order", _order),
            ("noted_on", _("Date")),
            ("number", _("Number")),
            ("note", _("Note")),
            ("state", _state),
            ("reason", _reason),
            ("asked_on", _("You were asked where it goes on")),
            ("confirmed_on", _("You answered on")),
            ("address", _("Where it goes")),
        ),
        _strays,
    ),
    Section(
        "lowered_refunds",
        _("Refunds that were lowered"),
        (
            ("return", _back),
            ("asked_on", _("Date")),
            ("amount_cents", _sum),
            ("reason", _reason),
            ("state", _state),
            ("decided_on", _("Decided on")),
        ),
        _losses,
    ),
    Section(
        "changes",
        _("Changes of your orders that somebody had to grant"),
        (
            ("order", _order),
            ("created_at", _when),
            ("amount_cents", _sum),
            ("note", _("Note")),
            ("state", _state),
            ("decided_at", _("Decided on")),
        ),
        _changes,
    ),
    Section(
        "conversations",
        _("Conversations"),
        (("order", _order), ("opened_at", _when), ("reason", _reason), ("state", _state), ("closed_at", _end)),
        _conversations,
    ),
    Section(
        "messages",
        _("Messages with sellers"),
        (
            ("order", _order),
            ("created_at", _when),
            ("author", pgettext_lazy("message", "From")),
            ("name", _name),
            ("text", _("Text")),
        ),
        _messages,
    ),
    Section(
        "decisions",
        _("What was decided in them"),
        (
            ("order", _order),
            ("decided_at", _when),
            ("title", _("Object")),
            ("outcome", _("Decision")),
            ("amount_cents", _sum),
            ("due_on", pgettext_lazy("deadline", "By")),
            ("words", _("Text")),
            ("repair", pgettext_lazy("decisions", "Repair")),
            ("arrived_on", pgettext_lazy("repair", "Arrived on")),
            ("ended_on", pgettext_lazy("repair", "Over since")),
        ),
        _settlements,
    ),
    Section(
        "opinions",
        _("Opinions"),
        (
            ("order", _order),
            ("answered_at", _when),
            ("changed_at", _("Changed on")),
            ("score", _("Score")),
            ("comment", _("Comment")),
            ("signed", _("Signed")),
            ("reply", _("Reply")),
            ("replied_at", _("Replied on")),
        ),
        _ratings,
    ),
    Section(
        "withdrawn_opinions",
        _("Opinions that a moderator withdrew"),
        (
            ("order", _order),
            ("removed_at", _when),
            ("ground", _("Ground")),
            ("statement", _("Decision")),
            ("complaint", _("What you answered")),
            ("complaint_state", _state),
            ("answer", _("Answer")),
            ("ended_at", _end),
        ),
        _removals,
    ),
    Section(
        "disputes",
        _("Payments that your bank contested"),
        (
            ("order", _order),
            ("opened_at", _when),
            ("amount_cents", _sum),
            ("reason", _reason),
            ("state", _state),
            ("closed_at", _end),
        ),
        _disputes,
    ),
    Section(
        "dispute_answers",
        _("What we answered to your bank"),
        (("order", _order), ("sent_at", _when), ("choice", _("Decision")), ("text", _("Text"))),
        _answers,
    ),
    Section(
        "notices",
        _("Reports of objects"),
        (
            ("object", _("Object")),
            ("created_at", _when),
            ("reason", _reason),
            ("explanation", _("Explanation")),
            ("state", _state),
            ("statement", _("Decision")),
        ),
        _notices,
    ),
)
