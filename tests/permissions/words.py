"""Words that give a page away which shows them to the wrong person.

What is private to a community carries its word; what a researcher tells the community she asks
carries hers. They are plants: nothing else is called like them.
"""

PRIVATE = {"river": "heronwort", "coast": "samphire", "hill": "edelweiss"}
TOLD = {"river": "quillwort", "coast": "seaholly"}
