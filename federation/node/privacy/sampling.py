"""Exact draws from the discrete Gaussian distribution.

The usual way, a float from a random generator, is not quite what the theory of noise speaks of:
floats lie close together near zero and far apart elsewhere, and which of them can come out at all
may tell the value under the noise (Mironov, "On significance of the least significant bits for
differential privacy", 2012). So values are put on a grid of whole numbers, and the noise is a whole
number too, drawn in whole-number arithmetic from the operating system's randomness.

Source: Canonne, Kamath & Steinke, "The discrete Gaussian for differential privacy" (2020),
algorithms 1 to 3.
"""

import secrets


def discrete_gaussian(sigma: int) -> int:
    """Draw a whole number x with probability proportional to exp(-x^2 / (2 sigma^2)).

    Args:
        sigma: at least 1. From a few upwards the distribution cannot be told from a Gaussian
            that was rounded.
    """
    scale = sigma + 1
    square = sigma * sigma
    while True:
        drawn = _discrete_laplace(scale)
        miss = (abs(drawn) * scale - square) ** 2
        if _happens_exp(miss, 2 * square * scale * scale):
            return drawn


def _discrete_laplace(scale: int) -> int:
    """Draw x with probability proportional to exp(-|x| / scale)."""
    while True:
        rest = secrets.randbelow(scale)
        if not _happens_exp(rest, scale):
            continue
        size = rest
        while _happens_exp(1, 1):
            size += scale
        negative = bool(secrets.randbits(1))
        if size or not negative:  # zero has one sign only
            return -size if negative else size


def _happens_exp(above: int, below: int) -> bool:
    """Say yes with probability exp(-above / below), exactly."""
    while above > below:
        if not _happens_exp(1, 1):
            return False
        above -= below
    tries = 1
    while secrets.randbelow(below * tries) < above:
        tries += 1
    return tries % 2 == 1
