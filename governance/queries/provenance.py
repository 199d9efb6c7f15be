"""The whole record of where a dataset comes from and what became of it, for its own people."""

from typing import Any

from consent.grants.codec import digest, time_text
from consent.grants.provenance import empty_record
from governance.models import Community, Dataset
from governance.queries.datasets import holders_of, protocols_on_all
from governance.queries.labels import labels_shown
from governance.record_parts import parts_of

FORMAT = "kinhold-provenance/1"


def whole_record(dataset: Dataset, reader: Community) -> dict[str, Any]:
    """Return the record as it is downloaded.

    Args:
        reader: the community whose member reads; labels of another that are not for outsiders
            are left out.
    """
    return {
        "format": FORMAT,
        "dataset": dataset.slug,
        "title": dataset.title,
        "description": dataset.description,
        "size_band": dataset.size_band,
        "variables": dataset.variables,
        **(dataset.provenance or empty_record()),
        "described_by": _described(dataset),
        "holders": [h.community.slug for h in holders_of(dataset)],
        "labels": _labels(dataset, reader),
        "restrictions": _restrictions(dataset),
        **parts_of(dataset),
    }


def _described(dataset: Dataset) -> dict[str, Any] | None:
    if not dataset.node or dataset.described_at is None:
        return None
    signed = dataset.signed_description
    return {
        "node": f"{dataset.community.slug}/{dataset.node}",
        "at": time_text(dataset.described_at),
        "digest": digest(signed["text"].encode()),
        **signed,
    }


def _labels(dataset: Dataset, reader: Community) -> list[dict[str, Any]]:
    return [
        {
            "community": row.applied.community.slug,
            "kind": row.applied.kind,
            "code": row.applied.code,
            "project": str(row.applied.project_uuid or ""),
            "label": str(row.applied.label_uuid or ""),
            "version": row.text.version,
            "language": row.text.language,
            "text": row.text.text,
        }
        for row in labels_shown(dataset, [], community=reader).rows
    ]


def _restrictions(dataset: Dataset) -> list[dict[str, Any]]:
    stands = protocols_on_all([dataset])
    return [
        {
            "community": holder.community.slug,
            "combine": holder.combine.value,
            "line": protocol.line,
            "title": protocol.title,
            "number": protocol.number,
            "digest": protocol.statement.digest,
        }
        for holder in holders_of(dataset)
        for protocol in stands.get((dataset.pk, holder.community.pk), [])
    ]
