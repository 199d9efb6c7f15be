"""What the platform and a community's node both must read the same way. Pure; no Django.

The format is docs/grant-format.md. Import the modules; this file stays free of code.
"""
