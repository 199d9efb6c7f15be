from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consent.grants.descriptions import VARIABLE_TYPES
from consent.grants.provenance import shown_of
from governance.models import Community, Dataset
from governance.protocol_reading import ReadProtocol


class CommunitySerializer(serializers.ModelSerializer[Community]):
    class Meta:
        model = Community
        fields = ["slug", "name"]


class RangeSerializer(serializers.Serializer):
    least = serializers.CharField(help_text="A decimal number.")
    most = serializers.CharField(help_text="A decimal number.")


class VariableSerializer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=VARIABLE_TYPES)
    unit = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the field's name in JSON
    range = RangeSerializer(allow_null=True, default=None, help_text="Of a number, if it is told.")
    categories = serializers.ListField(child=serializers.CharField(), default=list)


class ProtocolBrief(serializers.Serializer):
    line = serializers.CharField(help_text="Stays the same from version to version.")
    title = serializers.CharField()
    number = serializers.IntegerField()
    digest = serializers.CharField(source="statement.digest")


class HolderSerializer(serializers.Serializer):
    """A community with a say; without its yes nothing runs on the data."""

    community = CommunitySerializer()
    keeper = serializers.BooleanField(help_text="Whether the data lies at its node.")
    combine = serializers.CharField(help_text="all: each protocol holds; any: you choose one.")
    protocols = ProtocolBrief(many=True)


class DatasetSerializer(serializers.ModelSerializer[Dataset]):
    """What a researcher may know of a dataset: its description, and its size as a band.

    Needs ``holders`` in its context: for each dataset's key what ``HolderSerializer`` shows.
    """

    community = CommunitySerializer(read_only=True)
    variables = VariableSerializer(many=True, read_only=True)
    holders = serializers.SerializerMethodField()

    class Meta:
        model = Dataset
        fields = [
            *("slug", "title", "description", "community", "variables", "size_band"),
            "holders",
        ]

    @extend_schema_field(HolderSerializer(many=True))
    def get_holders(self, dataset: Dataset) -> Any:
        return HolderSerializer(self.context["holders"][dataset.pk], many=True).data


class ClauseSerializer(serializers.Serializer):
    text = serializers.CharField()
    enforcement = serializers.CharField(help_text="Who sees to it, in words.")
    limits = serializers.CharField(help_text="What nobody can see to.")
    duo = serializers.ListField(child=serializers.CharField())


class ReadProtocolSerializer(serializers.Serializer):
    """One protocol as the catalogue shows it. Made from a ReadProtocol."""

    line = serializers.CharField(source="protocol.line")
    title = serializers.CharField(source="protocol.title")
    number = serializers.IntegerField(source="protocol.number")
    digest = serializers.CharField(source="protocol.statement.digest")
    use = serializers.CharField()
    use_term = serializers.CharField(help_text="Of the Data Use Ontology; empty if none.")
    ancestry = serializers.CharField()
    law = serializers.DictField(child=serializers.CharField())
    allows = serializers.ListField(source="meaning.allows", child=serializers.CharField())
    asks = serializers.ListField(source="meaning.asks", child=serializers.CharField())
    refuses = serializers.ListField(source="meaning.refuses", child=serializers.CharField())
    clauses = serializers.SerializerMethodField()
    settings = serializers.ListField(child=serializers.CharField())

    @extend_schema_field(ClauseSerializer(many=True))
    def get_clauses(self, read: ReadProtocol) -> Any:
        return ClauseSerializer([c for _, group in read.groups for c in group], many=True).data


class ReadHolderSerializer(HolderSerializer):
    protocols = ReadProtocolSerializer(many=True)  # type: ignore[assignment]  # more of each


class LabelSerializer(serializers.Serializer):
    community = serializers.CharField(source="applied.community.slug")
    code = serializers.CharField(source="applied.code")
    kind = serializers.CharField(source="applied.kind")
    version = serializers.IntegerField(source="text.version")
    language = serializers.CharField(source="text.language")
    text = serializers.CharField(source="text.text")


class WholeDatasetSerializer(DatasetSerializer):
    """One dataset with the rules of everybody who decides about it, in plain words.

    Needs ``holders`` and ``labels`` in its context.
    """

    labels = serializers.SerializerMethodField()
    provenance = serializers.SerializerMethodField()

    class Meta(DatasetSerializer.Meta):
        fields = [*DatasetSerializer.Meta.fields, "labels", "provenance"]

    @extend_schema_field(ReadHolderSerializer(many=True))
    def get_holders(self, dataset: Dataset) -> Any:
        return ReadHolderSerializer(self.context["holders"][dataset.pk], many=True).data

    @extend_schema_field(LabelSerializer(many=True))
    def get_labels(self, dataset: Dataset) -> Any:
        return LabelSerializer(self.context["labels"], many=True).data

    @extend_schema_field(serializers.DictField())
    def get_provenance(self, dataset: Dataset) -> Any:
        """Only what the community lets researchers see."""
        return shown_of(dataset.provenance)


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
