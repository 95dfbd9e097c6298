#!/usr/bin/env python3
"""Writes golden/pixels.f64: torchvision's ToTensor and Normalize of every uint8 value, in float32.

Run with Debian's python3-torchvision (0.14.1):  /usr/bin/python3 make_pixel_golden.py
[channel][256] for the channels (mean, deviation) of CHANNELS, as little-endian float64.
"""
import pathlib

import numpy as np
from torchvision import transforms

# MNIST's as the first seed has them, CIFAR-10's as the second.
CHANNELS = [(0.1307, 0.3081), (0.4915, 0.2470), (0.4823, 0.2435), (0.4468, 0.2616)]

image = np.arange(256, dtype=np.uint8).reshape(1, 256, 1)
rows = []
for mean, deviation in CHANNELS:
    convert = transforms.Compose([transforms.ToTensor(),
                                  transforms.Normalize((mean,), (deviation,))])
    rows.append(convert(image).numpy().ravel())
np.asarray(rows, dtype="<f8").tofile(pathlib.Path(__file__).parent / "golden" / "pixels.f64")
