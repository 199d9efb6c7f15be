"""What ``node.toml`` says of a dataset's variables: ranges, categories, what PLINK files have."""

from decimal import Decimal, InvalidOperation

from federation.node.errors import NodeError
from federation.node.home import Dataset

_FARTHEST = Decimal(10) ** 15
"""Beyond it float64 no longer tells whole numbers apart."""

FAM_VARIABLES = ("sex", "phenotype")
"""What a .fam file has beside ids; every other variable of a PLINK dataset is a variant's id."""


def limits_of(dataset: Dataset, name: str) -> tuple[Decimal, Decimal] | None:
    """Return the least and the greatest value that ``node.toml`` allows a variable.

    Raises:
        NodeError: what stands there are not two numbers, the smaller first.
    """
    held = dataset.words.columns.get(name, {}).get("range")
    if held is None:
        return None
    if isinstance(held, list) and len(held) == 2 and not any(isinstance(e, bool) for e in held):
        ends = [decimal(str(end)) for end in held if isinstance(end, int | float)]
        match ends:
            case [Decimal() as least, Decimal() as most] if -_FARTHEST <= least < most <= _FARTHEST:
                return least, most
    raise NodeError(f"The range of {name} must be two numbers, the smaller first, like [0, 120].")


def bounds_of(dataset: Dataset, name: str) -> tuple[float, float] | None:
    """Return the range of a variable as numbers; 0 to 1 where it is yes or no."""
    if dataset.variables[name] == "yes-no":
        return 0.0, 1.0
    limits = limits_of(dataset, name)
    return None if limits is None else (float(limits[0]), float(limits[1]))


def categories_of(dataset: Dataset, name: str) -> tuple[str, ...]:
    """Return the texts that ``node.toml`` allows a variable; empty if it does not say.

    Raises:
        NodeError: it is not a list of texts.
    """
    held = dataset.words.columns.get(name, {}).get("categories", [])
    if not isinstance(held, list) or not all(isinstance(text, str) for text in held):
        raise NodeError(f'The categories of {name} must be a list of texts, like ["yes", "no"].')
    return tuple(held)


def require_described(dataset: Dataset) -> None:
    """Look through what ``node.toml`` says of every variable.

    Raises:
        NodeError: something of it cannot be used.
    """
    for name, kind in dataset.variables.items():
        categories_of(dataset, name)
        if limits_of(dataset, name) is not None and kind != "number":
            raise NodeError(f"The range of {name} is only for a number; a {kind} has none.")
        if dataset.format == "plink":
            _require_plink(name, kind)
    if dataset.format == "plink" and dataset.path.suffix != ".bed":
        raise NodeError("The path must be the .bed file; .bim and .fam lie beside it.")
    if dataset.format == "plink" and dataset.id_column:
        raise NodeError('It has no id_column: PLINK tells people apart by "FID IID".')


def decimal(text: str) -> Decimal | None:
    """Read a finite number; None if the text is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _require_plink(name: str, kind: str) -> None:
    if name == "sex" and kind != "yes-no":
        raise NodeError('The variable sex of a PLINK file must be {type = "yes-no"}; 1 is a woman.')
    if kind == "category" or (kind == "yes-no" and name not in FAM_VARIABLES):
        raise NodeError(f'The variable {name} of a PLINK file must be {{type = "number"}}.')
