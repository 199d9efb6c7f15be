"""Secure aggregation at the node: its answer leaves only hidden among at least two others'.

``steps.py`` is what training.py uses. Source: docs/adr/0029-secure-aggregation.md.
"""
