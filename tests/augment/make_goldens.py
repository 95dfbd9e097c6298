"""Writes goldens.bin: torchvision's results on PIL images for given parameters.

Run with Debian 12's packages (python3-torchvision 0.14.1, python3-pil 9.4.0):
    /usr/bin/python3 tests/augment/make_goldens.py
Layout (little-endian): 8 bytes "NLAUG001"; u32 images, each u32 channels, height, width and the
pixels [channel][row][column]; u32 cases, each u32 kind, u32 image, 17 float64 parameters and the
result's pixels. Kinds and parameters are those of the functions below; NaN stands for None.
"""
import itertools
import math
import os
import struct

import numpy as np
import torch
from PIL import Image
from torchvision.transforms import functional as F

NONE = float("nan")
rng = np.random.default_rng(20230117)


def to_pil(pixels):
    return Image.fromarray(pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def from_pil(image):
    pixels = np.asarray(image)
    return pixels[None] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def noise(channels, height, width):
    return rng.integers(0, 256, (channels, height, width), dtype=np.uint8)


def smooth(channels, height, width):
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / (3 + c) + c) * np.cos(y / (4 - 0.5 * c)) for c in range(channels)]
    return (np.stack(waves) * 127 + 128).astype(np.uint8)


def flip(image):
    return F.hflip(image)


def shift(image, padding, top, left, fill):
    padded = F.pad(image, int(padding), int(fill), "constant")
    return F.crop(padded, int(top), int(left), image.height, image.width)


def rotation(image, angle, fill):
    return F.rotate(image, angle, fill=int(fill))


def affine(image, angle, x, y, scale, shear_x, shear_y, fill):
    return F.affine(image, angle, [int(x), int(y)], scale, [shear_x, shear_y], fill=int(fill))


def jitter(image, o0, o1, o2, o3, brightness, contrast, saturation, hue):
    factors = [brightness, contrast, saturation, hue]
    adjust = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]
    for which in map(int, (o0, o1, o2, o3)):
        if not math.isnan(factors[which]):
            image = adjust[which](image, factors[which])
    return image


def seed_pipeline(image, first_angle, first_fill, *rest):
    image = rotation(image, first_angle, first_fill)
    return jitter(affine(image, *rest[:7]), *rest[7:])


def uniform(low, high):
    """A float32 as torch draws it, or now and then any double."""
    value = rng.uniform(low, high)
    return float(np.float32(value)) if rng.integers(2) else float(value)


def affine_parameters(strength=1.0):
    return (uniform(-7, 7) * strength, float(rng.integers(-3, 4)), float(rng.integers(-3, 4)),
            uniform(0.8, 1.2) ** strength, uniform(-10, 10) * strength, 0.0, 0.0)


def jitter_parameters(spread, hue):
    order = [float(i) for i in rng.permutation(4)]
    factors = [uniform(max(0, 1 - spread), 1 + spread) for _ in range(3)] + [uniform(-hue, hue)]
    return (*order, *factors)


def reflected(image, padding, top, left):
    return F.crop(F.pad(image, int(padding), padding_mode="reflect"), int(top), int(left), image.height, image.width)


def erased(image, part, ratio, top, left, fill):
    """RandomErasing's rectangle and F.erase."""
    pixels = torch.from_numpy(from_pil(image).copy())
    area = image.height * image.width * part
    height, width = int(round(math.sqrt(area * ratio))), int(round(math.sqrt(area / ratio)))
    result = F.erase(pixels, int(top), int(left), height, width, torch.tensor(int(fill), dtype=torch.uint8)).numpy()
    return to_pil(result)


def cut_out(image, row, column, length, fill):
    """From the paper's code: a mask of zeros between bounds that are cut at the border."""
    pixels, half = from_pil(image).copy(), int(length) // 2
    top, bottom = np.clip(int(row) - half, 0, image.height), np.clip(int(row) + half, 0, image.height)
    left, right = np.clip(int(column) - half, 0, image.width), np.clip(int(column) + half, 0, image.width)
    pixels[:, top:bottom, left:right] = int(fill)
    return to_pil(pixels)


def tone(image, brightness, contrast):
    moved = (from_pil(image) / 255.0 - 0.5 + brightness) * contrast + 0.5
    return to_pil(np.rint(255 * np.clip(moved, 0, 1)).astype(np.uint8))


KINDS = [flip, shift, rotation, affine, jitter, seed_pipeline, reflected, erased, cut_out, tone]
images = [noise(1, 28, 28), smooth(1, 28, 28), noise(3, 32, 32), smooth(3, 32, 32), noise(1, 20, 27)]


def parameter_sets():
    for image in range(5):
        yield flip, image, ()
        for padding, top, left, fill in [(2, 0, 0, 0), (2, 4, 4, 0), (2, 2, 2, 9), (2, 1, 3, 255),
                                         (4, 8, 0, 1), (0, 0, 0, 0), (19, 0, 38, 7), (3, 5, 2, 128)]:
            yield shift, image, (padding, top, left, fill)
    for angle in [0.0, 90.0, 180.0, -90.0, -180.0, 270.0, 360.0, 45.0, -45.0, 1e-6, -1e-9, 7.0, -7.0]:
        for image in (0, 4):
            yield rotation, image, (angle, 1)
        yield rotation, 2, (angle, 77)
    for _ in range(20):
        yield rotation, int(rng.choice([0, 1, 1, 4])), (uniform(-7, 7), 1)
        yield rotation, int(rng.integers(2, 4)), (uniform(-180, 180), int(rng.integers(256)))
    extremes = [(0, 0, 0, 1, 0, 0, 0), (0, 3, -2, 1, 0, 0, 5), (0, 0, 0, 0.8, 0, 0, 0), (0, 1, 2, 1.2, 0, 0, 9),
                (0, 0, 0, 0.1, 0, 0, 3), (0, 0, 0, 10, 0, 0, 3), (180, 0, 0, 1, 0, 0, 3), (90, 0, 0, 1, 0, 0, 0),
                (-180, 2, 1, 0.5, 0, 0, 1), (0, 0, 0, 1, 10, 0, 0), (0, 0, 0, 1, 0, 10, 0), (0, 0, 0, 1, 80, 0, 0),
                (0, 0, 0, 1, 45, -45, 8), (33, -28, 0, 0.1, 80, 80, 4), (33, 0, 27, 10, -80, 80, 4), (7, 3, 3, 1.2, 10, 0, 0)]
    for parameters in extremes:
        for image in (0, 2, 4):
            yield affine, image, tuple(map(float, parameters))
    for _ in range(5):
        yield affine, 4, (0.0, 1.0, -1.0, uniform(0.5, 2), 0.0, 0.0, 0.0)
    for _ in range(20):
        yield affine, int(rng.integers(0, 2)), affine_parameters()
        yield affine, int(rng.choice([0, 1, 2, 4])), (
            uniform(-180, 180), float(rng.integers(-9, 10)), float(rng.integers(-9, 10)), uniform(0.3, 3),
            uniform(-60, 60), uniform(-60, 60), float(rng.integers(256)))
    order = (0.0, 1.0, 2.0, 3.0)
    for factor in [0.0, 1.0, 0.5, 1.4, 0.6, 1.0 + 1e-7, 10.0]:
        for which in range(3):
            factors = [NONE] * 4
            factors[which] = factor
            for image in (1, 2, 3):
                yield jitter, image, (*order, *factors)
    for hue in [0.0, 0.5, -0.5, 0.1, -0.1, 1e-3, 0.25]:
        for image in (0, 2, 3):
            yield jitter, image, (*order, NONE, NONE, NONE, hue)
    for _ in range(16):
        yield jitter, int(rng.choice([0, 1, 4])), jitter_parameters(0.4, 0.1)
        yield jitter, int(rng.integers(2, 4)), jitter_parameters(float(rng.choice([0.4, 1.0, 3.0])), 0.5)
    for _ in range(24):
        yield seed_pipeline, int(rng.integers(0, 2)), (
            uniform(-7, 7), 1.0, *affine_parameters(), *jitter_parameters(0.4, 0.1))


def later_parameter_sets():
    for image in range(5):
        for padding, top, left in [(2, 0, 0), (2, 4, 4), (2, 2, 2), (4, 8, 1), (0, 0, 0), (19, 0, 38), (19, 38, 19)]:
            yield reflected, image, (padding, top, left)
        for part, ratio, top, left, fill in [(0.02, 0.3, 0, 0, 0), (0.33, 3.3, 1, 2, 255), (0.1, 1.0, 7, 9, 9),
                                             (0.25, 1.0, 10, 10, 0), (0.0, 1.0, 3, 3, 5)]:
            yield erased, image, (part, ratio, top, left, fill)
        yield erased, image, (uniform(0.02, 0.2), math.exp(uniform(-1, 1)), 2, 3, 77)
        for row, column, length, fill in [(0, 0, 8, 0), (19, 19, 8, 255), (10, 9, 16, 128), (5, 18, 7, 3), (9, 9, 1, 4),
                                          (9, 9, 0, 4), (10, 10, 40, 1)]:
            yield cut_out, image, (row, column, length, fill)
        for brightness, contrast in [(0, 1), (0.035, 1.13), (-0.035, 0.87), (1, 0), (-1, 2), (0.5, 1.0)]:
            yield tone, image, (brightness, contrast)
        yield tone, image, (uniform(-0.2, 0.2), uniform(0.7, 1.3))


def main():
    cases = []
    for function, image, parameters in itertools.chain(parameter_sets(), later_parameter_sets()):
        result = from_pil(function(to_pil(images[image]), *parameters))
        assert result.shape == images[image].shape and result.dtype == np.uint8
        padded = list(map(float, parameters)) + [0.0] * (17 - len(parameters))
        cases.append(struct.pack("<II17d", KINDS.index(function), image, *padded) + result.tobytes())
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens.bin"), "wb") as file:
        file.write(b"NLAUG001" + struct.pack("<I", len(images)))
        for pixels in images:
            file.write(struct.pack("<III", *pixels.shape) + pixels.tobytes())
        file.write(struct.pack("<I", len(cases)) + b"".join(cases))


main()
