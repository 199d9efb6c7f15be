import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0003_pause_of_a_delegation"),
        ("governance", "0004_reminders_and_conflicts"),
    ]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="delegation",
            field=models.ForeignKey(
                blank=True,
                help_text="The delegation that it rests on; empty when the stewards decided "
                "together.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="governance.delegation",
            ),
        ),
    ]
