import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0006_refund_lines_filled'),
    ]

    operations = [
        migrations.AlterField(
            model_name='refund',
            name='operation',
            field=models.UUIDField(default=uuid.uuid4, unique=True),
        ),
        migrations.RemoveField(
            model_name='refund',
            name='line',
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('part__isnull', True)), fields=('payment',), name='refund_whole_once'),
        ),
    ]
