#!/usr/bin/python3
"""Writes golden/*.pickle: small CIFAR-10 batches as Python 2, Python 3 and NumPy pickle them, and
pickles that must be refused. Run with a Python that has NumPy (written with 3.11.2 and 1.24.2).

Each batch has three images; value i of image n is (7 * n + i) % 256, the labels are 3, 0, 9. Those
of CIFAR-100 have the fine labels 3, 0, 99 and the coarse labels 19, 0, 9.
"""
import os
import pickle
import sys

import numpy as np

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
LABELS = [3, 0, 9]
DATA = ((7 * np.arange(3)[:, None] + np.arange(3072)[None, :]) % 256).astype(np.uint8)


def batch(**changes):
    return {
        b"batch_label": b"training batch 1 of 5",
        b"labels": LABELS,
        b"data": DATA,
        b"filenames": [b"a_s_000001.png", b"b_s_000002.png", b"c_s_000003.png"],
        **{key.encode(): value for key, value in changes.items()},
    }


class Python2Pickler(pickle._Pickler):
    """Writes str and bytes as Python 2 writes its str: SHORT_BINSTRING and BINSTRING."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, text):
        data = text if isinstance(text, bytes) else text.encode("latin1")
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + len(data).to_bytes(4, "little") + data)
        self.memoize(text)

    dispatch[bytes] = save_string
    dispatch[str] = save_string


class RunsACommand:
    def __reduce__(self):
        return os.system, ("touch pickle-was-run",)


def write(name, data):
    with open(os.path.join(FOLDER, name + ".pickle"), "wb") as file:
        file.write(data)


def main():
    with open(os.path.join(FOLDER, "python2.pickle"), "wb") as file:
        Python2Pickler(file, protocol=2).dump(batch())
    with open(os.path.join(FOLDER, "python2.pickle"), "rb") as file:
        again = pickle.load(file, encoding="bytes")
    assert again[b"labels"] == LABELS and (again[b"data"] == DATA).all()
    for protocol in range(6):
        write(f"protocol{protocol}", pickle.dumps(batch(), protocol))
    text_keys = {key.decode(): value for key, value in batch().items()}
    write("text_keys", pickle.dumps(text_keys, 4))
    write("os_system", pickle.dumps({b"data": RunsACommand(), b"labels": LABELS}, 2))
    write("os_system_protocol4", pickle.dumps(batch(labels=RunsACommand()), 4))
    write("builtins_eval", b"\x80\x02cbuiltins\neval\nX\x05\x00\x00\x001 + 1\x85R.")
    write("int64_data", pickle.dumps(batch(data=np.zeros((3, 8), np.int64)), 2))
    write("fortran_data", pickle.dumps(batch(data=np.asfortranarray(DATA)), 2))
    write("one_dimension", pickle.dumps(batch(data=DATA.reshape(-1)), 2))
    write("narrow_data", pickle.dumps(batch(data=DATA[:, :3071].copy()), 2))
    write("label_ten", pickle.dumps(batch(labels=[3, 10, 9]), 4))
    write("label_text", pickle.dumps(batch(labels=[3, "0", 9]), 4))
    write("two_labels", pickle.dumps(batch(labels=[3, 0]), 4))
    write("no_labels", pickle.dumps({b"data": DATA}, 4))
    write("labels_bytes", pickle.dumps(batch(labels=b"\x03\x00\x09"), 4))
    cifar100 = {
        b"filenames": [b"a_s_000001.png", b"b_s_000002.png", b"c_s_000003.png"],
        b"batch_label": b"training batch 1 of 1",
        b"fine_labels": [3, 0, 99],
        b"coarse_labels": [19, 0, 9],
        b"data": DATA,
    }
    with open(os.path.join(FOLDER, "cifar100_python2.pickle"), "wb") as file:
        Python2Pickler(file, protocol=2).dump(cifar100)
    write("cifar100", pickle.dumps(cifar100, 4))
    write("cifar100_coarse_label_twenty", pickle.dumps({**cifar100, b"coarse_labels": [3, 20, 9]}, 4))
    write("a_list", pickle.dumps([1, 2], 2))
    write("no_pixels", pickle.dumps(batch(data=DATA[:, :2].copy()), 4))
    write("float", pickle.dumps(batch(labels=[1.0, 2.0, 3.0]), 2))


if __name__ == "__main__":
    sys.exit(main())
