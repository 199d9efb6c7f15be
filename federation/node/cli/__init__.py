"""The commands of ``kinhold-node``: which words each takes, and where its work is done.

Nothing here is imported by what a command starts, and a command's own modules are imported when
it runs, so that ``--help`` needs nothing.
"""
