"""Files of every kind of PNG and JPEG, with the pixels that must come out of them."""
import math
import pathlib

import numpy as np


def read_decoded():
    """As tests/data/make_images.py made them, which normlab's decoders are held to: (name, file,
    [channel][row][column])."""
    data = pathlib.Path(__file__).with_name("..").joinpath("data/golden/decoded.bin").read_bytes()
    at = len("NLIMG001")

    def take(count):
        nonlocal at
        at += count
        return data[at - count:at]

    def number():
        return int.from_bytes(take(4), "little")

    for _ in range(number()):
        name, file = take(number()).decode(), take(number())
        shape = number(), number(), number()
        yield name, file, np.frombuffer(take(math.prod(shape)), np.uint8).reshape(shape)
