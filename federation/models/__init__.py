"""The one place that lists this app's tables."""

from federation.models.catalogue import JobVersion
from federation.models.nodes import DataNode
from federation.models.runs import Receipt, Run, RunResult, RunSite

__all__ = ["DataNode", "JobVersion", "Receipt", "Run", "RunResult", "RunSite"]
