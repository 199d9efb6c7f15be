from rest_framework import serializers

from consent.grants.descriptions import VARIABLE_TYPES
from governance.models import Community, Dataset


class CommunitySerializer(serializers.ModelSerializer[Community]):
    class Meta:
        model = Community
        fields = ["slug", "name"]


class VariableSerializer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=VARIABLE_TYPES)
    unit = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the field's name in JSON


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    """What a researcher may know of a dataset: its description, and its size as a band."""

    community = CommunitySerializer(read_only=True)
    variables = VariableSerializer(many=True, read_only=True)

    class Meta:
        model = Dataset
        fields = ["slug", "title", "description", "community", "variables", "size_band"]


class PlaceSerializer(serializers.Serializer):
    slug = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()


class MeSerializer(serializers.Serializer):
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    communities = PlaceSerializer(many=True)
