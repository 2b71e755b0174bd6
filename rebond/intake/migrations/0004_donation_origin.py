from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0003_part_sales'),
    ]

    operations = [
        migrations.AddField(
            model_name='donation',
            name='place',
            field=models.CharField(blank=True, max_length=120),
        ),
        migrations.AddField(
            model_name='donation',
            name='postcode',
            field=models.CharField(blank=True, max_length=5),
        ),
        migrations.AddField(
            model_name='donation',
            name='slip',
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
