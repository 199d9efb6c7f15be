"""The questions of a request that are answered in a text of one's own. Pure.

Each is required when a request is submitted; "none" and "no" are answers. In a document of version
1, or in one that a script left half empty, a missing one counts as not answered.

Source: DOMAIN 5.4; requirements R-08, R-25 and R-26.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """``most`` counts characters; ``words`` names the question in a sentence about it."""

    most: int
    words: str


QUESTIONS: dict[str, Question] = {
    # plain
    "question": Question(1000, "the question"),
    "why_us": Question(2000, "why these communities"),
    "why_not_other": Question(2000, "why not other data"),
    # who
    "contact_made": Question(1000, "contact with the communities"),
    "past_work": Question(1000, "past work with the communities"),
    "conflicts": Question(1000, "conflicts of interest"),
    # money
    "forced_sharing": Question(1000, "forced sharing"),
    "commercial_interest": Question(1000, "commercial interest"),
    "patents": Question(1000, "patents"),
    "sales": Question(1000, "expected sales"),
    "ownership": Question(1000, "who owns what"),
    # design and code
    "others_decide": Question(1000, "who else decides"),
    "code_review": Question(1000, "who looked at the code"),
    "attack_test": Question(1000, "tests against attacks"),
    # outputs
    "where_published": Question(1000, "where it is published"),
    "model_licence": Question(1000, "the model's licence"),
    "deployment": Question(1000, "how the model will be used"),
    "retention": Question(1000, "how long things are kept"),
    # good
    "capacity": Question(1000, "what people can learn"),
    "authorship": Question(1000, "authorship"),
    # harm
    "harm_person": Question(2000, "harm to a person"),
    "harm_family": Question(2000, "harm to a family"),
    "harm_people": Question(2000, "harm to a people"),
    "mitigation": Question(2000, "what is done against harm"),
    "bias": Question(2000, "how well it works for these people"),
    # ethics
    "ethics": Question(1000, "ethics approval"),
    "community_board": Question(1000, "the community's own board"),
    "data_protection": Question(1000, "data protection"),
    # after
    "destruction": Question(1000, "destruction"),
    "withdrawal_handling": Question(1000, "what a withdrawal means"),
    "complaints": Question(1000, "complaints"),
}
