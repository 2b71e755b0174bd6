"""Samples of the money desk's addresses (tests/samples.py): by room and parameter."""

import datetime
import uuid

from tests import samples_guest, samples_picking


def _rate(world):
    from rebond.ledger.actions.legal_rate import ask_rate

    return ask_rate(
        organisation=world.operator,
        starts_on=datetime.date(2020, 1, 1),
        basis_points=315,
        source="Arrêté",
        by=world.user("finance"),
    ).public_id


def waiting_request(organisation):
    """A request that somebody else may grant (and that can no longer be done)."""
    from rebond.ledger.actions.money_limits import LIMIT_SET
    from rebond.ledger.models import MoneyRequest

    facts = {"subject": "x", "label": "x", "data": {"act": "x", "limits": {}}, "operation": uuid.UUID(int=7)}
    return MoneyRequest.objects.get_or_create(
        organisation=organisation, act=LIMIT_SET, asked_by_id="x", asked_by="Ada", defaults=facts
    )[0]


def _request(world):
    """Somebody of the seller asked that limits be changed."""
    return waiting_request(world.seller).public_id


def _payment(world):
    from rebond.ledger.actions.supplier import add_supplier_invoice
    from rebond.ledger.models import PaymentBatch, SupplierPayment
    from tests.factories.invoices import SUPPLIER_XML

    known = SupplierPayment.objects.select_related("batch").first()
    if known is not None:
        return known
    by = world.user("finance")
    invoice = add_supplier_invoice(organisation=world.operator, name="f.xml", content=SUPPLIER_XML, by=by)
    batch = PaymentBatch.objects.create(
        organisation=world.operator,
        execute_on=datetime.date(2026, 12, 1),
        cents=12_000,
        number=1,
        holder="Rebond",
        iban="FR7630006000011234567890189",
        asked_by_id=by.public_id,
        asked_by=by.display_name,
    )
    return SupplierPayment.objects.create(batch=batch, invoice=invoice, cents=12_000, name="E", iban="X", text="F-77")


def _service(world):
    from tests.factories.services import a_service

    return a_service(world.operator).public_id


BY_PARAMETER = {
    ("ledger", "rate_id"): _rate,
    ("ledger", "request_id"): _request,
    ("ledger", "service_id"): _service,
    ("ledger", "act"): lambda _w: "shop-return-refund",
    ("ledger", "batch_id"): lambda world: _payment(world).batch.public_id,
    ("ledger", "payment_id"): lambda world: _payment(world).public_id,
    **samples_picking.BY_PARAMETER,
} | samples_guest.BY_PARAMETER
