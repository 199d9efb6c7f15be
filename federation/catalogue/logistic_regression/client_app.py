"""What runs at a node: fit, slope and curvature over its complete cases at one point."""

import numpy as np
from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from ..shared.columns import chosen, read_columns
from .maths import Point, site_sums

app = ClientApp()


@app.train()  # type: ignore[untyped-decorator]  # flwr is skipped by mypy
def train(message: Message, context: Context) -> Message:
    """Reply with the site's sums at the point in the question."""
    predictors, outcome = chosen(context.run_config)
    *columns, target = read_columns([*predictors, outcome])
    question = message.content["question"]
    point = Point(*(np.array(question[name]) for name in ("beta", "centre", "scale")))
    sums = site_sums(columns, target, point)
    record = MetricRecord({name: values.tolist() for name, values in sums.items()})
    return Message(RecordDict({"sums": record}), reply_to=message)
