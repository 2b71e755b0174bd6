from django.db import migrations


def hide_links(apps, schema_editor):
    """Mails kept before: those that open an application or a place in an organisation are shown no more."""
    mails = apps.get_model("journal", "OutgoingMail").objects
    for kind in ("network.admission.", "network.invitation"):
        held = mails.filter(kind__startswith=kind, is_secret=False)
        held.filter(state="sent").update(text="", html="")
        held.update(is_secret=True)


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_day_only")]
    operations = [migrations.RunPython(hide_links, migrations.RunPython.noop, elidable=True)]
