"""Protocols, requests and decisions as files that others read; protocols come back in as drafts.

Two forms: our own JSON, which holds the signed text as it is, and ODRL 2.2 in JSON-LD with a
profile of ours for what ODRL lacks. Pure. Source: docs/exchange.md; R-13.
"""
