#!/usr/bin/env python3
"""The polynomials of operations/fast/functions-inl.h: prints their coefficients, and how far from the function each is.

    scripts/minimax.py

Remez's exchange in 40 digits (mpmath): a linear combination of powers whose largest weighted distance from the
function is least; the weight makes it the relative error of what is computed from it. Coefficients are then rounded to
float32 from the lowest power up, the others fitted anew after each.
"""

from mpmath import erfc, expm1, floor, log, log1p, matrix, lu_solve, mp, mpf, pi, sqrt

mp.dps = 40
GRID = 600


def to_float32(value):
    """The nearest number with 24 digits; none here is near the ends of float32's range."""
    if value == 0:
        return value
    scale = mpf(2) ** (23 - floor(log(abs(value), 2)))
    return mp.nint(value * scale) / scale


def remez(function, weight, powers, low, high):
    """Coefficients by power, and the largest weighted distance."""
    count = len(powers) + 1
    grid = [(low + high) / 2 - (high - low) / 2 * mp.cos(pi * (i + mpf(1) / 2) / GRID) for i in range(GRID)]
    points = [grid[GRID * (2 * i + 1) // (2 * count)] for i in range(count)]
    values = [(weight(x), function(x), [x**power for power in powers]) for x in grid]
    for _ in range(30):
        system = matrix(count, count)
        right = matrix(count, 1)
        for row, x in enumerate(points):
            for column, power in enumerate(powers):
                system[row, column] = weight(x) * x**power
            system[row, count - 1] = (-1) ** row
            right[row] = weight(x) * function(x)
        solution = lu_solve(system, right)
        errors = [w * (f - sum(solution[k] * p for k, p in enumerate(terms))) for w, f, terms in values]
        # The largest of each run of one sign.
        peaks = []
        for x, error in zip(grid, errors):
            if peaks and (peaks[-1][1] > 0) == (error > 0):
                if abs(error) > abs(peaks[-1][1]):
                    peaks[-1] = (x, error)
            else:
                peaks.append((x, error))
        while len(peaks) > count:
            peaks.pop(0 if abs(peaks[0][1]) < abs(peaks[-1][1]) else -1)
        largest = max(abs(error) for error in errors)
        if len(peaks) < count or largest < abs(solution[count - 1]) * mpf("1.001"):
            break
        points = [x for x, _ in peaks]
    return dict(zip(powers, solution)), largest


def rounded(function, weight, degree, low, high):
    fixed = {}
    for power in range(degree + 1):
        rest = remez(lambda x: function(x) - sum(c * x**p for p, c in fixed.items()), weight,
                     list(range(power, degree + 1)), low, high)[0]
        fixed[power] = to_float32(rest[power])
    distance = max(abs(weight(x) * (function(x) - sum(c * x**p for p, c in fixed.items())))
                   for x in (low + (high - low) * (i + mpf(1) / 2) / 5000 for i in range(5000)))
    return [fixed[power] for power in range(degree + 1)], distance


def report(name, formula, function, weight, degree, low, high):
    coefficients, distance = rounded(function, weight, degree, low, high)
    print(f"{name}: {formula} on [{float(low):.6g}, {float(high):.6g}], 2^{float(log(distance, 2)):.1f}")
    for coefficient in coefficients:
        print(f"  {float(coefficient):.9g}f")


def main():
    half_ln2 = log(2) / 2 * mpf("1.002")
    report("exp", "exp(r) - 1 = r + r^2 P(r)", lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / abs(expm1(r)), 4,
           -half_ln2, half_ln2)
    report("log", "log(1 + f) = f - f^2/2 + f^3 P(f)", lambda f: (log1p(f) - f + f**2 / 2) / f**3,
           lambda f: abs(f**3 / log1p(f)), 8, sqrt(mpf("0.5")) - 1, sqrt(mpf(2)) - 1)
    report("log1p", "log(1 + u) = u + u^2 P(u)", lambda u: (log1p(u) - u) / u**2, lambda u: u**2 / log1p(u), 8,
           mpf(0), mpf(1))
    slope = 2 / sqrt(pi)
    high_part = to_float32(slope)
    print(f"2 / sqrt(pi) = {float(high_part):.9g}f + {float(to_float32(slope - high_part)):.9g}f")
    report("erf", "-log(1 - erf(x)) = 2 / sqrt(pi) x + x^2 P(x)", lambda x: (-log(erfc(x)) - slope * x) / x**2,
           lambda x: x**2 * erfc(x) / (1 - erfc(x)), 7, mpf(0), mpf(4))


if __name__ == "__main__":
    main()
