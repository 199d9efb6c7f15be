"""Our aggregator in the attacker's hands: it also runs bundles that it should not unpack.

python -m tests.hostile.careless_aggregator
"""

import sys
import zipfile
from io import BytesIO
from pathlib import Path

from federation.aggregator import one_run
from federation.aggregator.__main__ import main
from federation.catalogue.fab import BadBundle, unpack


def unpack_anyway(fab: bytes, folder: Path) -> None:
    """Unpack what is sound of a bundle, so that its server's side runs and asks the nodes."""
    try:
        unpack(fab, folder)
    except BadBundle:
        with zipfile.ZipFile(BytesIO(fab)) as archive:
            for entry in archive.infolist():
                if entry.file_size < 1_000_000 and entry.filename.endswith((".py", ".toml")):
                    archive.extract(entry, folder)


if __name__ == "__main__":
    one_run.unpack = unpack_anyway
    sys.exit(main())
