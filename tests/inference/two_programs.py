"""normlab's predictions beside PyTorch's: what every comparison of an export asks of the two programs.

Whoever imports this sets `program`, the path of normlab.
"""
import importlib.util
import json
import struct
import subprocess
import sys

import numpy as np
import torch

# How far float32 may lie from float64: so many times as far as PyTorch's own does, for the largest of
# all images (Winograd's transforms round more often than a direct sum); and never less than so many
# units in the last place of the largest log-probability.
TIMES, UNITS = 4, 16

program = ""


def normlab(*arguments):
    """The program's standard output."""
    command = [program, *map(str, arguments)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if ended.returncode != 0:
        sys.exit(f"compare_with_pytorch: {' '.join(command)}\n{ended.stderr}")
    return ended.stdout


def import_model(folder):
    spec = importlib.util.spec_from_file_location(f"model_{abs(hash(folder))}", folder / "model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predict(model, images, dtype=torch.float32):
    """Log-probabilities of PyTorch."""
    network = model.load().to(dtype)
    with torch.no_grad():
        parts = [network(model.prepare(torch.from_numpy(images[i:i + 500].copy())).to(dtype))
                 for i in range(0, len(images), 500)]
    return torch.cat(parts).numpy()


def read_header(path):
    """The tensors' entries and the metadata of a safetensors file."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    metadata = header.pop("__metadata__", {})
    return header, metadata


def evaluate(checkpoint, folder):
    """Log-probabilities of normlab, and its report."""
    path = folder / "predictions.safetensors"
    path.unlink(missing_ok=True)
    report = json.loads(normlab("evaluate", checkpoint, "--json", "--predictions", path))
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    entry = header["log_probabilities"]
    begin, end = entry["data_offsets"]
    rows = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
    return rows, report


def rounding_of(theirs, exact):
    """How far float32 may lie from float64."""
    unit = float(np.spacing(np.float32(np.abs(exact).max())))
    return max(TIMES * float(np.abs(theirs - exact).max()), UNITS * unit)


def compare(what, model, images, ours, varied=True):
    """Fails unless every image's most likely class is the same."""
    theirs, exact = predict(model, images), predict(model, images, torch.float64)
    rounding = rounding_of(theirs, exact)
    distance = float(np.abs(ours - exact).max())
    sorted_rows = np.sort(ours, axis=1)
    clear = sorted_rows[:, -1] - sorted_rows[:, -2] >= 2 * rounding
    differ = theirs.argmax(1) != ours.argmax(1)
    classes = len(set(ours.argmax(1)))
    print(f"{what}: {len(ours)} images, {classes} classes predicted, {int((~clear).sum())} too close to "
          f"call, {int(differ.sum())} predictions differ; log-probabilities by at most {distance:.1e} "
          f"from PyTorch's in float64, PyTorch's float32 by {np.abs(theirs - exact).max():.1e}")
    if not distance <= rounding:
        sys.exit(f"compare_with_pytorch: {what}: expected a distance of at most {rounding}")
    if (differ & clear).any():
        sys.exit(f"compare_with_pytorch: {what}: image {int(np.argmax(differ & clear))} differs")
    if varied and classes < 2:
        sys.exit(f"compare_with_pytorch: {what}: one class for all images compares nothing")


def read_tensors(path):
    """The tensors of a safetensors file by their names."""
    kinds = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(data[slice(*entry["data_offsets"])], dtype=kinds[entry["dtype"]]).view(entry["shape"])
            for name, entry in header.items()}


def write_checkpoint(path, metadata, state):
    """A safetensors file, as normlab reads it."""
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in state.items():
        values = tensor.numpy()
        kind = {"float32": "F32", "float64": "F64", "int64": "I64"}[str(values.dtype)]
        header[name] = {"dtype": kind, "shape": list(values.shape),
                        "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
