"""The console's page: on this machine alone, for whoever started it, with no script in it.

``kinhold-node console`` shows what ``status`` says and has the pause switch. It needs no running
node, and it never shows who is in the data nor how many where they are few.
"""

from federation.node.console.page.server import serve

__all__ = ["serve"]
