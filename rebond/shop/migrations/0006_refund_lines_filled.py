"""Refunds of one line get their line's part and row, what they took from the counters, and an act of their own."""

import uuid

from django.db import migrations, transaction


def fill(apps, schema_editor):
    Refund, RefundLine = apps.get_model("shop", "Refund"), apps.get_model("shop", "RefundLine")
    OrderLine, Payment = apps.get_model("shop", "OrderLine"), apps.get_model("shop", "Payment")
    rows = Refund.objects.filter(operation=None).select_related("line", "payment").order_by("pk")
    while batch := list(rows[:500]):  # a batch is a transaction: what was filled stays, and no writer waits long
        with transaction.atomic(using=schema_editor.connection.alias):
            _fill(batch, Refund, RefundLine, OrderLine, Payment)


def _fill(batch, Refund, RefundLine, OrderLine, Payment):
    for refund in batch:
        line = refund.line
        if line is not None:
            goods = min(refund.amount_cents, line.unit_cents * line.quantity)
            shipping = min(refund.amount_cents - goods, line.shipping_cents)
            RefundLine.objects.create(refund=refund, line=line, cents=goods, shipping_cents=shipping)
            OrderLine.objects.filter(pk=line.pk).update(refunded_cents=goods, shipping_refunded_cents=shipping)
        done = Payment.objects.get(pk=refund.payment_id).refunded_cents + refund.amount_cents
        Payment.objects.filter(pk=refund.payment_id).update(refunded_cents=done)
        part = line.part_id if line is not None else None
        Refund.objects.filter(pk=refund.pk).update(operation=uuid.uuid4(), part_id=part)


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('shop', '0005_refund_lines'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
