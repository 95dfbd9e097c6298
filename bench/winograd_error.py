#!/usr/bin/python3
"""How many digits Winograd's convolutions lose in float32, for several tiles and points.

Prints for each the root mean square of the error over that of the outputs, beside the direct sum's,
and the growth: the factor on the unit roundoff in the worst-case bound
  |error| <= growth * n * 2^-24 * max|x| * max|w|,   n operations in a row,
which is the largest entry of |A|^T [ (|G| |g| |G|^T) . (|B|^T |d| |B|) ] |A| for g = d = 1 of one
channel. The engine's tiles are those of engine/winograd-inl.h.

  bench/winograd_error.py [--trials 400]
"""
import argparse

import numpy as np


def matrices(outputs, points):
    """A^T, G, B^T of F(outputs, 3) with these finite points and infinity (Lavin & Gray 2016)."""
    count = len(points)
    size = count + 1
    at, g, bt = np.zeros((outputs, size)), np.zeros((size, 3)), np.zeros((size, size))
    for i, point in enumerate(points):
        others = [other for j, other in enumerate(points) if j != i]
        coefficients = np.poly(others)[::-1]
        bt[i, :count] = coefficients
        at[:, i] = point ** np.arange(outputs)
        g[i] = point ** np.arange(3) / np.prod([point - other for other in others])
    bt[count] = np.poly(points)[::-1]
    at[outputs - 1, count] = g[count, 2] = 1
    return at, g, bt


ROOTS = (0.0, np.sqrt(0.5), -np.sqrt(0.5), np.sqrt(2.0), -np.sqrt(2.0))
INTEGERS = (0.0, 1.0, -1.0, 2.0, -2.0)
TWO, FOUR, FOUR_INTEGERS = (2, (0.0, 1.0, -1.0)), (4, ROOTS), (4, INTEGERS)
TILES = (("2 x 2", TWO, TWO), ("2 x 4", TWO, FOUR), ("4 x 4", FOUR, FOUR),
         ("2 x 4, points 0, 1, 2", TWO, FOUR_INTEGERS),
         ("4 x 4, points 0, 1, 2", FOUR_INTEGERS, FOUR_INTEGERS))


def growth(rows, columns):
    def along(axis):
        return [abs(matrix) for matrix in axis]
    (at, g, bt), (at2, g2, bt2) = along(rows), along(columns)
    products = (g @ np.ones((3, 3)) @ g2.T) * (bt @ np.ones((bt.shape[1], bt2.shape[1])) @ bt2.T)
    return (at @ products @ at2.T).max() / 9  # of the direct sum: 9 products


def errors(rows, columns, channels, trials, random):
    """Relative root mean square errors of the direct sum and of Winograd's, both in float32."""
    (at, g, bt), (at2, g2, bt2) = ([m.astype(np.float32) for m in axis] for axis in (rows, columns))
    direct_error = winograd_error = total = 0.0
    height, width = at.shape[0], at2.shape[0]
    for _ in range(trials):
        x = random.standard_normal((channels, bt.shape[1], bt2.shape[1])).astype(np.float32)
        w = (random.uniform(-1, 1, (channels, 3, 3)) / np.sqrt(9 * channels)).astype(np.float32)
        exact, direct = np.zeros((height, width)), np.zeros((height, width), np.float32)
        products = np.zeros((bt.shape[0], bt2.shape[0]), np.float32)
        for channel in range(channels):
            products += (g @ w[channel] @ g2.T) * (bt @ x[channel] @ bt2.T)
            for ky in range(3):
                for kx in range(3):
                    pixels = x[channel, ky:ky + height, kx:kx + width]
                    direct += pixels * w[channel, ky, kx]
                    exact += pixels.astype(float) * float(w[channel, ky, kx])
        winograd = at @ products @ at2.T
        direct_error += ((direct - exact) ** 2).sum()
        winograd_error += ((winograd - exact) ** 2).sum()
        total += (exact ** 2).sum()
    return np.sqrt(direct_error / total), np.sqrt(winograd_error / total)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=400)
    arguments = parser.parse_args()
    random = np.random.default_rng(1)
    print("| tile | channels | direct sum | Winograd | ratio | growth over the direct sum's |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, down, along in TILES:
        rows, columns = matrices(*down), matrices(*along)
        for channels in (8, 24):
            direct, winograd = errors(rows, columns, channels, arguments.trials, random)
            print(f"| {name} | {channels} | {direct:.1e} | {winograd:.1e} | {winograd / direct:.1f} "
                  f"| {growth(rows, columns):.0f} |")


if __name__ == "__main__":
    main()
