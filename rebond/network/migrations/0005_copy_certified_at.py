from django.db import migrations


def copy_certified_at(apps, schema_editor):
    """Sellers admitted before the column: the date of their trader file; those without one certified nothing."""
    organisations = apps.get_model("network", "Organisation").objects
    files = apps.get_model("network", "TraderFile").objects.filter(organisation__admitted_on__isnull=False)
    for organisation_id, certified_at in files.order_by("certified_at").values_list("organisation_id", "certified_at"):
        organisations.filter(pk=organisation_id).update(certified_at=certified_at)


class Migration(migrations.Migration):
    dependencies = [("network", "0004_organisation_certified_at")]
    operations = [migrations.RunPython(copy_certified_at, migrations.RunPython.noop, elidable=True)]
