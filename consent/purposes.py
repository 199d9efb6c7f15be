"""The purposes a request can state: the Data Use Ontology's classes of investigation. Pure.

Source: governance/fixtures/duo_terms.json, DUO:0000031 to 0000040.
"""

from governance.vocabulary import duo

METHODS = "DUO:0000031"
POPULATION = "DUO:0000032"
ANCESTRY = "DUO:0000033"

# What stands in brackets behind a label is advice to those who use the code.
PURPOSES: dict[str, str] = {
    term.id: term.label.partition(" (")[0] for term in duo.investigations().values()
}
