from django.db import migrations
from django.db.models import F
from django.utils import timezone

BATCH = 500
LEGAL_RATE_DAYS = 10


def fill(apps, schema_editor):
    """What was paid before was paid whole; late refunds that counted with no rate wait for theirs."""
    returns = apps.get_model("shop", "Return").objects.using(schema_editor.connection.alias)
    paid = returns.filter(surcharge_paid_on__isnull=False, surcharge_paid_cents=0)
    paid.update(surcharge_paid_cents=F("surcharge_cents"))
    rows = returns.filter(
        state="closed", withdrawal__isnull=False, refund__isnull=False, surcharge_cents=0, surcharge_rate_bp=None
    )
    last = 0
    while found := list(rows.filter(pk__gt=last).select_related("refund").order_by("pk")[:BATCH]):
        last = found[-1].pk
        for back in found:
            if 0 < (timezone.localdate(back.closed_at) - back.due_on).days <= LEGAL_RATE_DAYS:
                returns.filter(pk=back.pk).update(
                    surcharge_base_cents=back.refund.amount_cents, surcharge_rate_bp=0, surcharge_is_provisional=True
                )


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_surcharge_rates")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
