"""A community's own data node. It imports no Django, and from elsewhere only grants and catalogue.

One message: ``executor.py`` takes it, ``guard.py`` stands in front of the data for as long as it
lasts, ``training.py`` goes through the checks in their order. What they need is in rooms:

- ``decision``: what the community decided, and who may stop it
- ``data``: who is in the data, and what of it a job may see
- ``privacy``: what hides people in an answer that leaves
- ``mixing``: hiding an answer among those of others
- ``walls``: how a job is started and shut in
- ``books``: the node's memory and its signed logs
- ``setting_up``, ``console``, ``cli``: what the operator does and reads
"""
