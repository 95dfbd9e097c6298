"""Epochs of the first seed's recipe in PyTorch and torchvision, on command: the other side of
bench_epoch (epoch.cc).

  version           the libraries' versions
  epoch WORKERS     one epoch from new weights; images per second and mean loss
"""
import argparse
import time

import PIL
import torch
import torchvision
from peer import answer_commands
from pytorch_mnist import BATCH, Training, export, loader, training_images


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", required=True, help="the program bench_step")
    parser.add_argument("--data", required=True, help="folder with MNIST's four IDX files")
    parser.add_argument("--norm", default="batch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=0, help="at most this many; 0: the epoch")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    model = export(arguments.step, arguments.norm)
    images = training_images(arguments.data, arguments.steps * BATCH or None)
    l2 = 0.001 if arguments.norm == "batch" else 0  # as in the recipe

    def epoch(workers):
        batches = loader(images, int(workers))
        training = Training(model, l2, 1, len(batches))
        start = time.perf_counter()
        loss, _ = training.epoch(batches)
        return f"{len(images) / (time.perf_counter() - start):.1f} {loss:.4f}"

    answer_commands({"version": lambda: f"PyTorch {torch.__version__}, torchvision "
                                        f"{torchvision.__version__}, Pillow {PIL.__version__}",
                     "epoch": epoch})


if __name__ == "__main__":
    main()
