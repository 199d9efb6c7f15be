"""Symmetric matrices as one vector: each pair once, rows of the upper triangle in turn."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def pack(matrix: Floats) -> Floats:
    """Take the upper triangle of a symmetric k x k matrix: k(k+1)/2 numbers."""
    return np.ascontiguousarray(matrix[np.triu_indices(len(matrix))])


def unpack(vector: Floats) -> Floats:
    """Rebuild the matrix that ``pack`` flattened.

    Raises:
        ValueError: the length is not k(k+1)/2 for any k.
    """
    size = int((np.sqrt(8 * vector.size + 1) - 1) / 2)
    if size * (size + 1) // 2 != vector.size:
        raise ValueError(f"{vector.size} numbers are not the triangle of a matrix")
    matrix = np.zeros((size, size))
    matrix[np.triu_indices(size)] = vector
    return matrix + np.triu(matrix, 1).T
