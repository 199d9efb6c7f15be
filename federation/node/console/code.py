"""``kinhold-node code``: which code runs here, so that operators can compare it by telephone."""

import sys
import zipfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO

from consent.grants.codec import digest
from consent.grants.grant import Claims
from consent.grants.words import fingerprint_words
from federation.catalogue.registry import JOBS, Job, build_fab, code_digest
from federation.node.books.state import State
from federation.node.errors import NodeError
from federation.node.home import Home
from federation.node.settings import read_config


def code(home: Home, arguments: Namespace) -> int:
    """Show the installed jobs' bundles, one job's files, or whether a grant's code is here.

    Raises:
        NodeError: it is neither a job installed here nor a grant held here.
    """
    config = read_config(home)
    wanted = arguments.of
    if not wanted:
        lines = [line for job in JOBS.values() for line in _job_words(job)]
        lines.append(_compare())
    elif wanted in JOBS:
        lines = [*_job_words(JOBS[wanted]), *_file_words(JOBS[wanted]), _compare()]
    else:
        from federation.node.console.grants import the_one  # it shows code with every grant
        from federation.node.console.standing import standings

        with closing(State(home.state)) as state:
            standing = the_one(standings(state, config, datetime.now(UTC)), wanted)
        if standing.claims is None:
            raise NodeError(f"Grant {wanted}: {standing.words}")
        lines = _grant_words(standing.claims)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def code_words(claims: Claims) -> str:
    """Say whether a grant's code is the one that is installed here."""
    job = JOBS.get(claims.job)
    if job is None:
        return f"No job named {claims.job} is installed at this node."
    if code_digest(job.name) == claims.code:
        return f"Its code is {job.name} {job.version} exactly as it is installed at this node."
    return f"Its code is NOT the {job.name} {job.version} that is installed at this node."


def _grant_words(claims: Claims) -> list[str]:
    lines = [
        f"Grant {claims.id} allows {claims.job} {claims.job_version}.",
        code_words(claims),
        f"  in words: {fingerprint_words(claims.code)}",
        f"  in hex:   {claims.code}",
    ]
    job = JOBS.get(claims.job)
    if job is not None and code_digest(job.name) == claims.code:
        return [*lines, *_file_words(job), _compare()]
    return [*lines, "It runs here only where code_policy is pinned; its files come with the run."]


def _job_words(job: Job) -> list[str]:
    bundle = code_digest(job.name)
    return [
        f"{job.name} {job.version}",
        f"  in words: {fingerprint_words(bundle)}",
        f"  in hex:   {bundle}",
    ]


def _file_words(job: Job) -> Iterator[str]:
    """List the files of a bundle with their SHA-256, read from the bundle itself."""
    yield "  Files (SHA-256 and name):"
    with zipfile.ZipFile(BytesIO(build_fab(job.name))) as bundle:
        for name in sorted(bundle.namelist()):
            yield f"  {digest(bundle.read(name))}  {name}"


def _compare() -> str:
    return "Equal words at two nodes mean equal code: compare them by voice."
