"""A listed dataset stood under its community's one protocol. Now that is written down."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def put_under_main(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    dataset_model = apps.get_model("governance", "Dataset")
    protocol_model = apps.get_model("governance", "Protocol")
    line_model = apps.get_model("governance", "DatasetProtocol")
    for dataset in dataset_model.objects.filter(listed=True):
        protocol = (
            protocol_model.objects.filter(
                community=dataset.community_id,
                line="main",
                adopted_at__isnull=False,
                statement__proposed_by__isnull=False,
            )
            .order_by("-number")
            .select_related("statement__proposed_by")
            .first()
        )
        if protocol is not None:
            line_model.objects.create(
                dataset=dataset,
                community_id=dataset.community_id,
                line="main",
                added_by_id=protocol.statement.proposed_by.user_id,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0006_datasets_that_nodes_describe"),
    ]

    operations = [
        migrations.RunPython(put_under_main, migrations.RunPython.noop),
    ]
