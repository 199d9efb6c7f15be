"""Which jobs can be noised: for each the form in which its reply is a vector of sums.

A job that is not here cannot be noised, and a grant that asks for noise on it is refused. The
forms lie in the jobs' own folders, so they are part of the code whose digest a grant binds.
"""

from collections.abc import Mapping

from federation.catalogue.linear_regression import privacy as linear
from federation.catalogue.logistic_regression import privacy as logistic
from federation.catalogue.shared.sums import SumForm

FORMS: Mapping[str, SumForm] = {
    "linear-regression": linear.FORM,
    "logistic-regression": logistic.FORM,
}
