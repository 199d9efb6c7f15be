"""The purposes a request can state: the Data Use Ontology's classes of investigation. Pure.

Source: https://github.com/EBISPOT/DUO, children of "investigation" DUO:0000031 to 0000040.
"""

ANCESTRY = "DUO:0000033"
POPULATION = "DUO:0000032"

PURPOSES: dict[str, str] = {
    "DUO:0000031": "method development",
    "DUO:0000032": "population research",
    "DUO:0000033": "ancestry research",
    "DUO:0000034": "age category research",
    "DUO:0000035": "gender category research",
    "DUO:0000036": "research control",
    "DUO:0000037": "biomedical research",
    "DUO:0000038": "genetic research",
    "DUO:0000039": "drug development research",
    "DUO:0000040": "disease category research",
}
