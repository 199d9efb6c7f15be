from typing import Any

from rest_framework import serializers

from federation.models import JobVersion


class ParameterOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes fields out of the class
    kind = serializers.ChoiceField(choices=["variable", "variables", "integer", "number"])
    help = serializers.CharField()
    unit = serializers.CharField()
    least = serializers.FloatField(allow_null=True)
    most = serializers.FloatField(allow_null=True)
    default = serializers.JSONField(allow_null=True)


class ReplyOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    length = serializers.CharField(help_text="In terms of p, the number of predictors.")
    meaning = serializers.CharField()


class JobOut(serializers.ModelSerializer[JobVersion]):
    digest = serializers.CharField(help_text="SHA-256 of the job's bundle; grants name it.")
    leaves = serializers.ListField(
        child=serializers.CharField(),
        source="manifest.leaves",
        help_text="What leaves a node in each round, in words.",
    )
    parameters = ParameterOut(source="manifest.parameters", many=True)
    reply = ReplyOut(source="manifest.reply", many=True)
    outputs = serializers.ListField(child=serializers.CharField(), source="manifest.outputs")

    class Meta:
        model = JobVersion
        fields = (
            "name",
            "version",
            "title",
            "description",
            "digest",
            "leaves",
            "parameters",
            "reply",
            "outputs",
            "published_at",
        )
