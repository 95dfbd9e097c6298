"""Writes golden/decoded.bin and golden/fitted.bin.

Run with Debian 12's packages (python3-torchvision 0.14.1, python3-pil 9.4.0):
    /usr/bin/python3 tests/data/make_images.py
decoded.bin: files and the pixels that must come out. PNG files are written here bit by bit, so that
every colour type, depth and interlacing is there; their pixels follow from the values put in by the
rules of data/image_file.h, and PIL's reading of the file is compared where PIL follows the same
rule. JPEG files are PIL's; what must come out is what PIL reads.
fitted.bin: pictures, targets, and what PIL's convert and torchvision's resize and center_crop make
of them.
Layout (little-endian): 8 bytes "NLIMG001", u32 cases. A case of decoded.bin: u32 length and the
name, u32 length and the file, an image. A case of fitted.bin: an image and its fitted image. An image:
u32 channels, height, width and the pixels [channel][row][column].
"""
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps
from torchvision.transforms import functional as F
from torchvision.transforms import InterpolationMode

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
rng = np.random.default_rng(20260117)
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def filtered(row, above, step, kind):
    """A row as filter `kind` of PNG leaves it."""
    def of(line, i):
        return line[i] if i >= 0 else 0

    def predicted(i):
        left, up, corner = of(row, i - step), above[i], of(above, i - step)
        if kind < 4:
            return (0, left, up, (left + up) // 2)[kind]
        estimate = left + up - corner
        return min((abs(estimate - v), order, v) for order, v in enumerate((left, up, corner)))[2]

    return bytes([kind]) + bytes((row[i] - predicted(i)) % 256 for i in range(len(row)))


def pack_rows(values, depth, filters=2):
    """values [height][width][samples] as filtered rows: the first `filters` of the filters in turn."""
    if values.shape[0] == 0 or values.shape[1] == 0:
        return b""
    height, width, samples = values.shape
    rows = b""
    step = max(1, samples * depth // 8)
    above = bytes((width * samples * depth + 7) // 8)
    for y in range(height):
        flat = values[y].reshape(-1)
        if depth == 16:
            row = flat.astype(">u2").tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in flat)
            bits += "0" * (-len(bits) % 8)
            row = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        rows += filtered(row, above, step, y % filters)
        above = row
    return rows


def write_png(values, depth, kind, interlaced=False, palette=None, transparent=None, more=(), filters=2):
    height, width, _ = values.shape
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    for name, body in more:
        data += chunk(name, body)
    if palette is not None:
        data += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if transparent is not None:
        data += chunk(b"tRNS", transparent)
    if interlaced:
        rows = b"".join(pack_rows(values[y::dy, x::dx], depth, filters) for x, y, dx, dy in ADAM7)
    else:
        rows = pack_rows(values, depth, filters)
    packed = zlib.compress(rows)
    half = len(packed) // 2
    return data + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b"")


def to_8_bits(values, depth):
    """The nearest of v * 255 / (2^depth - 1); the divisor is odd, so there are no halves."""
    top = 2**depth - 1
    return (values.astype(np.int64) * 510 + top) // (2 * top)


def over_white(colours, alpha):
    """Exact, rounded to the nearest; 255 is odd, so there are no halves."""
    alpha = alpha.astype(np.int64)[..., None]
    return (2 * (colours * alpha + 255 * (255 - alpha)) + 255) // 510


def noise(height, width, samples, depth):
    return rng.integers(0, 2**depth, (height, width, samples))


def pil_pixels(data, mode):
    pixels = np.asarray(Image.open(io.BytesIO(data)).convert(mode))
    return pixels[..., None] if pixels.ndim == 2 else pixels


def pil_upright(data, mode):
    image = Image.open(io.BytesIO(data))
    image.load()  # what lies behind the pixels
    pixels = np.asarray(ImageOps.exif_transpose(image).convert(mode))
    return pixels[..., None] if pixels.ndim == 2 else pixels


decoded = []


def add(name, data, expected, pil_mode=None):
    if pil_mode:
        assert np.array_equal(pil_pixels(data, pil_mode), expected), name
    decoded.append((name, data, np.asarray(expected).transpose(2, 0, 1)))


def add_pngs():
    sizes = [(1, 1), (1, 17), (16, 1), (5, 7), (17, 33)]
    which = 0
    for kind in SAMPLES:
        depths = {GREY: (1, 2, 4, 8, 16), PALETTE: (1, 2, 4, 8)}.get(kind, (8, 16))
        for depth in depths:
            for interlaced in (False, True):
                for height, width in (sizes[which % 5], sizes[4]):
                    which += 1
                    values = noise(height, width, SAMPLES[kind], depth)
                    palette = rng.integers(0, 256, (2**depth, 3)) if kind == PALETTE else None
                    data = write_png(values, depth, kind, interlaced, palette)
                    eight = palette[values[..., 0]] if kind == PALETTE else to_8_bits(values, depth)
                    pil = {GREY: "L", RGB: "RGB", PALETTE: "RGB"}.get(kind) if depth <= 8 else None
                    if kind in (GREY_ALPHA, RGB_ALPHA):
                        eight = over_white(eight[..., :-1], eight[..., -1])
                    add(f"png type {kind} depth {depth} {height}x{width}{' interlaced' * interlaced}", data, eight, pil)


def add_transparency():
    palette = rng.integers(0, 256, (7, 3))
    values = rng.integers(0, 7, (9, 15, 1))
    alpha = np.array([0, 1, 127, 254, 255, 255, 255])
    data = write_png(values, 8, PALETTE, palette=palette, transparent=bytes(alpha[:5].tolist()))
    add("png palette with alpha", data, over_white(palette[values[..., 0]], alpha[values[..., 0]]))
    for depth in (1, 2, 4, 8, 16):
        values = noise(9, 15, 1, depth)
        key = int(values[4, 7, 0])
        data = write_png(values, depth, GREY, transparent=struct.pack(">H", key))
        expected = np.where(values == key, 255, to_8_bits(values, depth))
        add(f"png grey {depth} with one transparent value", data, expected)
    for depth in (8, 16):
        values = noise(9, 15, 3, depth)
        key = values[8, 14]
        data = write_png(values, depth, RGB, transparent=struct.pack(">HHH", *map(int, key)))
        expected = np.where((values == key).all(-1)[..., None], 255, to_8_bits(values, depth))
        add(f"png colour {depth} with one transparent colour", data, expected)
    values = noise(5, 7, 3, 8)
    gamma = (b"gAMA", struct.pack(">I", 100000))
    text = (b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 1000))
    broken_profile = (b"iCCP", b"name\0\0not a profile")
    data = write_png(values, 8, RGB, more=[gamma, text, broken_profile])
    add("png with gamma, text and a broken profile", data, values)


def add_jpegs():
    y, x = np.mgrid[0:37, 0:53]
    smooth = np.stack([128 + 100 * np.sin(x / 7 + c) * np.cos(y / (5 + c)) for c in range(3)], -1).astype(np.uint8)
    pictures = {"smooth": smooth, "noise": noise(17, 33, 3, 8).astype(np.uint8), "pixel": smooth[:1, :1], "row": smooth[:1]}
    options = {
        "4:4:4": dict(subsampling=0, quality=95),
        "4:2:2": dict(subsampling=1, quality=80),
        "4:2:0": dict(subsampling=2, quality=50),
        "progressive": dict(progressive=True, quality=85),
        "optimized": dict(optimize=True, quality=20),
    }
    for name, pixels in pictures.items():
        for option, arguments in options.items():
            out = io.BytesIO()
            Image.fromarray(pixels).save(out, "JPEG", **arguments)
            add(f"jpeg {name} {option}", out.getvalue(), pil_pixels(out.getvalue(), "RGB"))
    for arguments in (dict(quality=75), dict(quality=75, progressive=True)):
        out = io.BytesIO()
        Image.fromarray(smooth[..., 0]).save(out, "JPEG", **arguments)
        add(f"jpeg grey {arguments}", out.getvalue(), pil_pixels(out.getvalue(), "L"))
        out = io.BytesIO()
        cmyk = np.concatenate([smooth, smooth[::-1, :, :1]], -1)
        Image.fromarray(cmyk, "CMYK").save(out, "JPEG", **arguments)
        add(f"jpeg cmyk {arguments}", out.getvalue(), pil_pixels(out.getvalue(), "RGB"))
    out = io.BytesIO()
    Image.fromarray(smooth).save(out, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")
    add("jpeg that a camera calls turned", out.getvalue(), pil_upright(out.getvalue(), "RGB"))
    add("jpeg with bytes after its end", out.getvalue() + b"a film", pil_upright(out.getvalue(), "RGB"))


fitted = []


def fit(pixels, channels, height, width):
    """pixels [channel][row][column] as PIL and torchvision fit them."""
    array = pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0))
    image = Image.fromarray(array).convert("L" if channels == 1 else "RGB")
    if height == width:
        image = F.resize(image, height, InterpolationMode.BILINEAR)
    elif image.width * height <= image.height * width:
        image = F.resize(image, [int(width * image.height / image.width), width], InterpolationMode.BILINEAR)
    else:
        image = F.resize(image, [height, int(height * image.width / image.height)], InterpolationMode.BILINEAR)
    image = F.center_crop(image, [height, width])
    result = np.asarray(image)
    return result[None] if result.ndim == 2 else result.transpose(2, 0, 1)


def add_fits():
    sizes = [(1, 1), (1, 2), (2, 1), (3, 5), (15, 17), (16, 16), (31, 33), (32, 32), (32, 40), (33, 32), (64, 64),
             (61, 47), (100, 37), (37, 101), (1, 300), (300, 1), (200, 3), (97, 251)]
    targets = [(1, 28, 28), (3, 32, 32), (1, 1, 1), (3, 17, 15), (3, 16, 33), (1, 31, 8)]
    which = 0
    for height, width in sizes:
        for target in targets:
            which += 1
            channels = (1, 3)[which % 2 if target[0] == 3 else which // 2 % 2]
            if which % 3:
                pixels = rng.integers(0, 256, (channels, height, width), dtype=np.uint8)
            else:
                pixels = np.where(rng.random((channels, height, width)) < 0.5, 0, 255).astype(np.uint8)
            fitted.append((pixels, fit(pixels, *target)))
    # Every level of red, green and blue enters the grey once; no scaling beside it.
    ramp = np.stack([np.arange(1024).reshape(32, 32) * k % 256 for k in (1, 7, 131)]).astype(np.uint8)
    fitted.append((ramp, fit(ramp, 1, 32, 32)))


def add_filters():
    """Every filter, in the kinds that model.py of an export reads by itself."""
    for kind, samples in SAMPLES.items():
        if kind == PALETTE:
            continue
        for interlaced in (False, True):
            values = noise(23, 14, samples, 16)
            values[5:12] = values[5:6]  # rows that filters tell from noise
            data = write_png(values, 16, kind, interlaced, filters=5)
            eight = to_8_bits(values, 16)
            expected = over_white(eight[..., :-1], eight[..., -1]) if kind in (GREY_ALPHA, RGB_ALPHA) else eight
            add(f"png type {kind} depth 16 every filter{' interlaced' * interlaced}", data, expected)
            if kind in (GREY, RGB):
                key = values[20, 3]
                data = write_png(values, 16, kind, interlaced, filters=5, transparent=key.astype(">u2").tobytes())
                expected = np.where((values == key).all(-1)[..., None], 255, eight)
                add(f"png type {kind} depth 16 every filter one transparent{' interlaced' * interlaced}", data, expected)
    ramp = np.add.outer(np.arange(28), np.arange(28))[..., None] * 1200
    data = write_png(ramp, 16, GREY, filters=5, more=[(b"gAMA", struct.pack(">I", 45455))])
    add("png grey ramp of 16 bits with gamma", data, to_8_bits(ramp, 16))


def add_adobe_jpegs():
    """Kinds that PIL reads and does not write: its files with other marks."""
    y, x = np.mgrid[0:21, 0:30]
    waves = np.stack([128 + 100 * np.sin(x / 6 + c) * np.cos(y / (4 + c)) for c in range(4)], -1).astype(np.uint8)

    def jpeg(pixels, mode):
        out = io.BytesIO()
        Image.fromarray(pixels, mode).save(out, "JPEG", quality=90, subsampling=0)
        return out.getvalue()

    def adobe(transform):
        return b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0" + bytes([transform])

    def marked(data, mark):
        """Without its APP0 and APP14, with `mark` in their place."""
        rest = data[2:]
        while rest[1] in (0xe0, 0xee):
            rest = rest[2 + int.from_bytes(rest[2:4], "big"):]
        return data[:2] + mark + rest

    colour, cmyk = jpeg(waves[..., :3], "RGB"), jpeg(waves, "CMYK")
    for name, data in {"rgb by adobe's mark": marked(colour, adobe(0)), "ycbcr by adobe's mark": marked(colour, adobe(1)),
                       "colour without a mark": marked(colour, b""), "cmyk without a mark": marked(cmyk, b""),
                       "ycck by adobe's mark": marked(cmyk, adobe(2))}.items():
        add(f"jpeg {name}", data, pil_pixels(data, "RGB"))


def exif(entries, order=">", more=b""):
    """A block with a directory of entries (tag, type, count, value of 4 bytes)."""
    block = {">": b"MM\0*", "<": b"II*\0"}[order] + struct.pack(order + "IH", 8, len(entries))
    for tag, kind, count, value in entries:
        block += struct.pack(order + "HHI", tag, kind, count) + value
    return block + bytes(4) + more


def orientation_entry(value, order=">", kind=3):
    return 0x112, kind, 1, struct.pack(order + ("H2x" if kind == 3 else "I"), value)


def with_app1(jpeg, *blocks, before=b""):
    segments = b"".join(b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block for block in blocks)
    return jpeg[:2] + before + segments + jpeg[2:]


def add_orientations():
    """What PIL's exif_transpose makes of them; of damaged notes the rule that nothing is turned."""
    y, x = np.mgrid[0:6, 0:11]
    steps = np.stack([20 * x, 40 * y, 255 - 20 * x], -1).astype(np.uint8)  # no symmetry
    out = io.BytesIO()
    Image.fromarray(steps).save(out, "JPEG", quality=95, subsampling=0)
    upright, mark = out.getvalue(), b"Exif\0\0"
    for value in range(1, 9):
        for order in "<>":
            make = (0x10f, 2, 4, b"cam\0")
            block = exif([make, orientation_entry(value, order)], order)
            data = with_app1(upright, mark + block)
            add(f"jpeg orientation {value} {order}", data, pil_upright(data, "RGB"))
            for place in ("before", "behind"):
                grey = steps[..., :1].astype(np.int64)
                data = write_png(grey, 8, GREY, more=[(b"eXIf", block)] if place == "before" else ())
                if place == "behind":
                    data = data[:-12] + chunk(b"eXIf", block) + data[-12:]
                add(f"png orientation {value} {order} {place}", data, pil_upright(data, "L"))
    wide = exif([orientation_entry(6, "<", kind=4)], "<")
    for name, data in {
            "in a long number": with_app1(upright, mark + wide),
            "behind other segments": with_app1(upright, b"http://ns.adobe.com/xap/1.0/\0<x/>", mark + wide,
                                               before=b"\xff\xfe\0\x05abc"),
            "twice": with_app1(upright, mark + wide, mark + exif([orientation_entry(3)])),
            "in a directory far behind": with_app1(upright, mark + b"MM\0*" + struct.pack(">I", 30000) +
                                                   bytes(29992) + exif([orientation_entry(8)])[8:])}.items():
        add(f"jpeg orientation {name}", data, pil_upright(data, "RGB"))
    values = noise(5, 9, 3, 16)
    data = write_png(values, 16, RGB, more=[(b"eXIf", wide)])
    add("png orientation 6 of 16 bits", data, to_8_bits(values, 16).transpose(1, 0, 2)[:, ::-1])
    whole = exif([orientation_entry(6)])
    # Of those that end within the offset of the directory PIL 9.4 says that they are no pictures.
    damaged = {f"cut after {length}": whole[:length] for length in range(len(whole) - 4) if not 4 <= length < 8}
    damaged |= {
        "nothing": b"", "no order": b"XX\0*" + whole[4:], "0": exif([orientation_entry(0)]),
        "9": exif([orientation_entry(9)]), "65535": exif([orientation_entry(65535)]),
        "six in a byte": exif([(0x112, 1, 1, b"\6\0\0\0")]), "text": exif([(0x112, 2, 2, b"6\0\0\0")]),
        "no values": exif([(0x112, 3, 0, b"\0\6\0\0")]), "a rational far away": exif([(0x112, 5, 1, b"\xff" * 4)]),
        "two values far away": exif([(0x112, 3, 3, b"\xff\xff\xff\0")]),
        "directory behind the end": whole[:4] + b"\xff\xff\xff\xff" + whole[8:],
        "directory at the last byte": whole[:4] + struct.pack(">I", len(whole) - 1) + whole[8:],
        "directory in the header": whole[:4] + struct.pack(">I", 0) + whole[8:],
        "65535 entries": whole[:8] + b"\xff\xff" + exif([(1, 3, 1, bytes(4))])[10:],
        "another tag": exif([(0x113, 3, 1, b"\0\6\0\0")])}
    stored = pil_pixels(upright, "RGB")
    for name, block in damaged.items():
        add(f"jpeg orientation damaged: {name}", with_app1(upright, mark + block), stored)
    for name in ("nothing", "no order", "0", "9", "directory behind the end", "65535 entries", "cut after 21"):
        data = write_png(steps.astype(np.int64), 8, RGB, more=[(b"eXIf", damaged[name])])
        add(f"png orientation damaged: {name}", data, steps)
    add("jpeg orientation without Exif's mark", with_app1(upright, b"Exif\0" + whole), stored)


def image_bytes(pixels):
    pixels = np.ascontiguousarray(pixels)
    assert pixels.min() >= 0 and pixels.max() <= 255
    return struct.pack("<3I", *pixels.shape) + pixels.astype(np.uint8).tobytes()


def counted(data):
    return struct.pack("<I", len(data)) + data


add_pngs()
add_transparency()
add_jpegs()
add_fits()
add_filters()
add_adobe_jpegs()
add_orientations()
with open(os.path.join(HERE, "decoded.bin"), "wb") as out:
    out.write(b"NLIMG001" + struct.pack("<I", len(decoded)))
    for name, data, pixels in decoded:
        out.write(counted(name.encode()) + counted(data) + image_bytes(pixels))
with open(os.path.join(HERE, "fitted.bin"), "wb") as out:
    out.write(b"NLIMG001" + struct.pack("<I", len(fitted)))
    for pixels, result in fitted:
        out.write(image_bytes(pixels) + image_bytes(result))
print(len(decoded), "files,", len(fitted), "fits")
