from typing import Any

from django.db import migrations

AT_ONCE = 1_000


def find_parcels(apps: Any, schema_editor: Any) -> None:
    """Shipments know their parcel by a text (order-number): tie those that one site alone prepares."""
    Shipment, Parcel = apps.get_model("warehouse", "Shipment"), apps.get_model("warehouse", "Parcel")
    last = 0
    while True:
        rows = Shipment.objects.filter(pk__gt=last, parcel=None).order_by("pk")[:AT_ONCE]
        some = list(rows.values_list("pk", "reference", "subject"))
        if not some:
            return
        last = some[-1][0]
        found: dict[str, list[int]] = {}
        parcels = Parcel.objects.filter(order_code__in={subject for _pk, _reference, subject in some})
        for pk, code, number in parcels.exclude(state="cancelled").values_list("pk", "order_code", "number"):
            found.setdefault(f"{code}-{number}", []).append(pk)
        for pk, reference, _subject in some:
            if len(keys := found.get(reference, [])) == 1:
                Shipment.objects.filter(pk=pk).update(parcel_id=keys[0])


class Migration(migrations.Migration):
    dependencies = [("warehouse", "0002_tie_shipments_to_parcels")]
    operations = [migrations.RunPython(find_parcels, migrations.RunPython.noop, elidable=True)]
