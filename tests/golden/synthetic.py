"""The inputs of the parity test, from integer formulas that tests/train/synthetic.h repeats in C++.

Nothing random is stored: both sides compute the same float32 initial weights, images and labels, and
the same dropout decisions.
"""
import numpy as np

SALT_STRIDE = 10000      # every stream below is of one case's salt
PARAMETER_STREAM = 1000  # + number of the tensor
PIXEL_STREAM = 2000      # + step
LABEL_STREAM = 3000      # + step
CLASSES = 10


def mix(stream, count):
    """count 32-bit words: MurmurHash3's finalizer of stream * 0x9E3779B9 + index, applied twice."""
    word = np.arange(count, dtype=np.uint32) + np.uint32(stream * 0x9E3779B9 & 0xFFFFFFFF)
    for _ in range(2):
        word ^= word >> np.uint32(16)
        word *= np.uint32(0x85EBCA6B)
        word ^= word >> np.uint32(13)
        word *= np.uint32(0xC2B2AE35)
        word ^= word >> np.uint32(16)
    return word


def signed_unit(stream, count):
    """In [-1, 1), multiples of 2^-15: exact in float32."""
    return (mix(stream, count) >> np.uint32(16)).astype(np.float64) / 32768.0 - 1.0


def initial_values(salt, number, name, shape):
    """Convolutions within +-1/sqrt(fan_in), norm weights around 1, biases around 0; float32."""
    unit = signed_unit(SALT_STRIDE * salt + PARAMETER_STREAM + number, int(np.prod(shape)))
    if name.endswith("conv.weight"):
        unit = unit * (1.0 / np.sqrt(float(shape[1] * shape[2] * shape[3])))
    elif name.endswith("norm.weight"):
        unit = 1.0 + 0.25 * unit
    else:
        unit = 0.125 * unit
    return unit.astype(np.float32).reshape(shape)


def batch_size(full, step):
    """Every tenth batch has two images fewer, as the last one of an epoch may."""
    return full - 2 if step % 10 == 9 else full


def batch(salt, step, count, shape):
    """Noise in [-1, 1) plus stripes of +-0.5 whose direction and spacing depend on the label."""
    labels = (mix(SALT_STRIDE * salt + LABEL_STREAM + step, count) % np.uint32(CLASSES)).astype(np.int64)
    noise = signed_unit(SALT_STRIDE * salt + PIXEL_STREAM + step, count * int(np.prod(shape)))
    y = np.arange(shape[1]).reshape(1, 1, -1, 1)
    x = np.arange(shape[2]).reshape(1, 1, 1, -1)
    label = labels.reshape(-1, 1, 1, 1)
    stripe = (y * (label % 3 + 1) + x * (label // 3)) % 8 < 4
    images = noise.reshape((count, *shape)) + np.where(stripe, 0.5, -0.5)
    return images.astype(np.float32), labels


def philox_7(counter, key):
    """Philox4x32 with 7 rounds (Salmon et al. 2011) over arrays of counters."""
    words = [np.asarray(word, dtype=np.uint64) for word in counter]
    key = list(key)
    low = np.uint64(0xFFFFFFFF)
    for _ in range(7):
        first = words[0] * np.uint64(0xD2511F53)
        second = words[2] * np.uint64(0xCD9E8D57)
        words = [
            (second >> np.uint64(32)) ^ words[1] ^ np.uint64(key[0]),
            second & low,
            (first >> np.uint64(32)) ^ words[3] ^ np.uint64(key[1]),
            first & low,
        ]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return words


def dropout_factor(probability, seed, epoch, operation, image_ids, shape):
    """What each element is multiplied by (the contract of operations/dropout.h)."""
    threshold = int(np.floor(probability * 65536 + 0.5))
    size = int(np.prod(shape))
    draws = (size + 7) // 8
    image, draw = np.meshgrid(np.asarray(image_ids), np.arange(draws), indexing="ij")
    purpose = 4 | operation << 8
    words = philox_7((image, np.full_like(image, epoch), np.full_like(image, purpose), draw),
                     (seed & 0xFFFFFFFF, seed >> 32))
    halves = np.stack([(word >> np.uint64(shift)) & np.uint64(0xFFFF)
                       for word in words for shift in (0, 16)], axis=-1)
    halves = halves.reshape(len(image_ids), draws * 8)[:, :size]
    factor = np.where(halves < threshold, 0.0, 65536.0 / (65536 - threshold))
    return factor.reshape((len(image_ids), *shape))
