import math


# EVOLVE-BLOCK-START
# Rings: number of points, radius, direction of the first in turns.
RINGS = [[1, 0.0, 0.0], [5, 1.0, 0.0], [10, 2.0, 0.05]]


def first_points(n):
    points = []
    for count, radius, turn in RINGS:
        for i in range(count):
            angle = 2 * math.pi * (turn + i / count)
            points.append([radius * math.cos(angle), radius * math.sin(angle)])
    return points[:n]


def relax(points, rounds, distance, push, pull):
    """Pushes points apart that are closer than some distance, and all towards the middle."""
    for step in range(rounds):
        for one in points:
            for other in points:
                dx = one[0] - other[0]
                dy = one[1] - other[1]
                gap = math.hypot(dx, dy)
                if gap > 0 and gap < distance:
                    one[0] += push * dx * (distance - gap) / gap
                    one[1] += push * dy * (distance - gap) / gap
            one[0] -= pull * one[0]
            one[1] -= pull * one[1]
    return points


def arrange(n):
    points = first_points(n)
    return relax(points, 20, 1.0, 0.1, 0.001)


# EVOLVE-BLOCK-END


def place(n):
    """Places n points in the plane."""
    return arrange(n)
