"""What nodes and the aggregator send and receive."""

from typing import Any

from rest_framework import serializers

from federation.actions.datasets import MAX_DESCRIPTION_BYTES
from federation.actions.receipts import MAX_RECEIPT_BYTES
from federation.serializers.drafts import Closed

_MOST_DIGITS = 20  # a Flower run id is an unsigned 64-bit number


class Charters(serializers.Serializer[Any]):
    charters = serializers.ListField(
        child=serializers.CharField(), help_text="Signed charters as JSON texts, oldest first."
    )


class Grants(serializers.Serializer[Any]):
    grants = serializers.ListField(
        child=serializers.CharField(), help_text="Signed grants as JSON texts, oldest first."
    )


class Notices(serializers.Serializer[Any]):
    list = serializers.CharField(help_text="The exact text that is signed.")
    signature = serializers.CharField(help_text="Ed25519 by the checkpoint key, base64url.")


class ReceiptIn(Closed):
    receipt = serializers.CharField(
        max_length=MAX_RECEIPT_BYTES,
        trim_whitespace=False,
        help_text="The exact canonical text that is signed.",
    )
    signature = serializers.CharField(max_length=100, help_text="Ed25519, base64url.")


class ReceiptOut(serializers.Serializer[Any]):
    sequence = serializers.IntegerField()


class DescriptionIn(Closed):
    description = serializers.CharField(
        max_length=MAX_DESCRIPTION_BYTES,
        trim_whitespace=False,
        help_text="The exact canonical text that is signed.",
    )
    signature = serializers.CharField(max_length=100, help_text="Ed25519, base64url.")


class DescribedOut(serializers.Serializer[Any]):
    dataset = serializers.CharField(source="dataset.slug")
    new = serializers.BooleanField()
    changed = serializers.ListField(child=serializers.CharField())
    kept = serializers.ListField(
        child=serializers.CharField(),
        help_text="What people wrote on the platform and the node did not replace.",
    )
    published = serializers.BooleanField(source="dataset.listed")


class ResultIn(Closed):
    run = serializers.UUIDField()
    flower_run = serializers.RegexField(rf"\A[0-9]{{1,{_MOST_DIGITS}}}\Z")
    result = serializers.DictField()


class ResultOut(serializers.Serializer[Any]):
    run = serializers.UUIDField()
    digest = serializers.CharField(help_text="SHA-256 of the result as it is kept.")
