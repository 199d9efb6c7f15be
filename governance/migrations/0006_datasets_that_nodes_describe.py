from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0005_lost_passkeys"),
    ]

    operations = [
        migrations.AddField(
            model_name="dataset",
            name="edited",
            field=models.JSONField(
                default=list,
                help_text="What people wrote here; a node's description leaves it.",
            ),
        ),
        migrations.AddField(
            model_name="dataset",
            name="signed_description",
            field=models.JSONField(
                default=dict,
                help_text="{text, signature}: what the node sent last, exactly.",
            ),
        ),
    ]
