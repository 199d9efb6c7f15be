"""What the operator reads and does at the console: ``status``, ``log``, ``pause`` and others."""

import argparse

from federation.node.cli.parser import Add, Command, Parser
from federation.node.home import Home


def add_commands(add: Add) -> None:
    _json(add("status", _show("status"), "tell how the node stands"))
    grants = _json(add("grants", _show("grants"), "list the grants it holds, in plain words"))
    grants.add_argument("id", nargs="?", default="", help="one grant: the beginning of its id")
    code = add("code", _show("code"), "show which code runs here, to compare it with other nodes'")
    code.add_argument(
        "of", nargs="?", default="", metavar="JOB|GRANT", help="one job's files, or a grant's code"
    )
    _log_words(_json(add("log", _show("log"), "list what it did and learned")))
    _json(add("verify", _show("verify"), "check the log; status 1 at the first bad place"))
    pause = add("pause", _show("pause"), "stop all work at once, a running job included")
    pause.add_argument("--reason", default="", help="why; it is kept in the log here")
    add("resume", _show("resume"), "lift the pause made here")
    _optout_words(add("optout", _show("optout"), "people who said no: they are in no run"))
    console = add("console", _page, "serve a page on this machine alone, to look and to pause")
    console.add_argument(
        "--port", type=int, default=0, help="port on 127.0.0.1 (default: any that is free)"
    )


def _json(parser: Parser) -> Parser:
    parser.add_argument("--json", action="store_true", help="for scripts")
    return parser


def _log_words(log: Parser) -> None:
    log.add_argument("--since", metavar="WHEN", help="from a day on, like 2030-01-31, in UTC")
    log.add_argument("--last", type=int, metavar="N", help="the newest N lines only")
    log.add_argument("--checks", action="store_true", help="with every check that was made")


def _optout_words(optout: Parser) -> None:
    optout.add_argument("do", choices=("add", "remove", "list"))
    optout.add_argument("dataset", metavar="DATASET")
    optout.add_argument(
        "ids",
        nargs="*",
        metavar="ID",
        help='ids, for PLINK like "FID IID"; - reads them, one on a line, so that the shell does '
        "not remember them",
    )
    optout.add_argument("--comment", default="", help="with add: a note (default: today's date)")
    optout.add_argument("--show-ids", action="store_true", help="with list: print who, too")


def _show(name: str) -> Command:
    def command(home: Home, arguments: argparse.Namespace) -> int:
        from federation.node import console

        run: Command = getattr(console, name)
        return run(home, arguments)

    return command


def _page(home: Home, arguments: argparse.Namespace) -> int:
    from federation.node.console.page import serve

    return serve(home, arguments.port)
