"""An RSA key that is the same in every run, so that RS256 test vectors can be made again."""

import hashlib
import itertools
import math
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa

_E = 65537


@cache
def rsa_key(seed: bytes) -> rsa.RSAPrivateKey:
    """A 2048-bit key that follows from ``seed``: for tests only, anyone can make it."""
    p, q = itertools.islice(_primes(seed), 2)
    d = pow(_E, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(_E, p * q)
    return rsa.RSAPrivateNumbers(
        p, q, d, rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()


def _primes(seed: bytes):
    """1024-bit primes with the two highest bits set, from SHAKE-256 of the seed and a counter."""
    for counter in itertools.count():
        block = hashlib.shake_256(seed + counter.to_bytes(4, "big")).digest(128)
        number = int.from_bytes(block, "big") | (3 << 1022) | 1
        if number % _E != 1 and _is_prime(number):
            yield number


def _is_prime(number: int) -> bool:
    """Miller-Rabin with the first twelve primes: enough for numbers nobody chose to fool it."""
    small = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if any(number % prime == 0 for prime in small):
        return False
    shift = (number - 1 & -(number - 1)).bit_length() - 1
    return all(_passes(number, base, shift) for base in small)


def _passes(number: int, base: int, shift: int) -> bool:
    power = pow(base, (number - 1) >> shift, number)
    if power in (1, number - 1):
        return True
    for _ in range(shift - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
