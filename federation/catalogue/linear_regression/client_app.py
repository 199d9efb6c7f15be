"""What runs at a node: sums over its complete cases, nothing else."""

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from ..shared.columns import chosen, read_columns
from .maths import site_sums

app = ClientApp()


@app.train()  # type: ignore[untyped-decorator]  # flwr is skipped by mypy
def train(message: Message, context: Context) -> Message:
    """Reply with the site's sums."""
    predictors, outcome = chosen(context.run_config)
    *columns, target = read_columns([*predictors, outcome])
    sums = site_sums(columns, target)
    record = MetricRecord({name: values.tolist() for name, values in sums.items()})
    return Message(RecordDict({"sums": record}), reply_to=message)
