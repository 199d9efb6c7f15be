"""The request held against a community's rules, clause by clause. It informs; it never approves.

Verdicts: *breaks* (the request says something else than the rule), *unknown* (nothing here can
tell), *promise* (it rests on the word of the people asking), *fits* (the request or the node's own
checks keep it). What was left unanswered is unknown, never fitting. Pure.

Source: DOMAIN 4.1, 4.2 and 5.3; requirements R-07 to R-10, R-26 and R-56; docs/adr/0013.
"""

from consent.precheck.checking import overall, precheck
from consent.precheck.hidden import unmet
from consent.precheck.verdict import ORDER, Check, Verdict

__all__ = ["ORDER", "Check", "Verdict", "overall", "precheck", "unmet"]
