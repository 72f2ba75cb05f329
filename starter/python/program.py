import math


# EVOLVE-BLOCK-START
# Points on circles around a middle: how many, how far from it, where the middle is, direction of the first in turns.
CIRCLES = [[4, 0.6, 0.5, 0.5, 0.1], [3, 0.4, 0.5, 0.5, 0.0], [3, 0.2, 0.5, 0.5, 0.5]]


def clip(value):
    """Cuts a coordinate off at the sides of the square."""
    return min(1.0, max(0.0, value))


def make_points():
    points = []
    for count, distance, x, y, turn in CIRCLES:
        for i in range(count):
            angle = 2 * math.pi * (turn + i / count)
            points.append([clip(x + distance * math.cos(angle)), clip(y + distance * math.sin(angle))])
    return points


# EVOLVE-BLOCK-END


def place(n):
    """Places n points in the unit square. Only the code between the markers above changes."""
    return make_points()[:n]
