"""The 95 % intervals of a share, and of the difference between two."""

from __future__ import annotations

from math import sqrt

_Z95 = 1.959964


def wilson(yes: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share, after Wilson (1927); it holds for few answers too.

    >>> [round(end, 3) for end in wilson(5, 10)]
    [0.237, 0.763]
    """
    share, grown = yes / total, 1 + _Z95**2 / total
    middle = (share + _Z95**2 / (2 * total)) / grown
    reach = _Z95 / grown * sqrt(share * (1 - share) / total + _Z95**2 / (4 * total**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def newcombe(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """The 95 % interval of the first share less the second, each as yes of total, after Newcombe (1998).

    >>> [round(end, 3) for end in newcombe((56, 70), (48, 80))]
    [0.052, 0.334]
    """
    one, other = first[0] / first[1], second[0] / second[1]
    (low, high), (other_low, other_high) = wilson(*first), wilson(*second)
    down = sqrt((one - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - one) ** 2 + (other - other_low) ** 2)
    return one - other - down, one - other + up
