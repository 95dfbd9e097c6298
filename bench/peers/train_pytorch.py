#!/usr/bin/python3
"""Trains the recipe `mnist`, the replica of the first seed, in Debian's PyTorch and torchvision.

It answers what PyTorch itself gives where normlab's own figure differs from the seed's, which is
one training each. Prints one line an epoch, and at the end the mean over the seeds.

  bench/peers/train_pytorch.py --step build/bench/peers/bench_step --data DIR --norm group
"""
import argparse
import statistics
import time

import torch
from pytorch_mnist import Training, export, loader, test_images, training_images


def train(model, arguments, seed):
    torch.manual_seed(seed)
    batches = loader(training_images(arguments.data), arguments.workers)
    test_batches = loader(test_images(arguments.data), 0)
    training = Training(model, arguments.l2, arguments.epochs, len(batches))
    accuracies = []
    for epoch in range(1, arguments.epochs + 1):
        start = time.perf_counter()
        training.epoch(batches)
        seconds = time.perf_counter() - start
        loss, accuracy = training.evaluate(test_batches)
        accuracies.append(accuracy)
        print(f"{arguments.norm} seed {seed} epoch {epoch}: test loss {loss:.4f}, "
              f"test accuracy {accuracy:.2f}, {seconds:.1f} s", flush=True)
    return accuracies


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--step", required=True, help="the program bench_step")
    parser.add_argument("--data", required=True, help="folder with MNIST's four IDX files")
    parser.add_argument("--norm", default="group", choices=("batch", "layer", "group", "none"))
    parser.add_argument("--l2", type=float, default=0)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = export(arguments.step, arguments.norm)
    runs = [train(model, arguments, int(seed)) for seed in arguments.seeds.split(",")]
    final, best = [run[-1] for run in runs], [max(run) for run in runs]
    print(f"PyTorch {torch.__version__}, {arguments.norm}, l2 {arguments.l2:g}, seeds "
          f"{arguments.seeds}: final {statistics.mean(final):.3f} {final}, "
          f"maximum {statistics.mean(best):.3f} {best}")


if __name__ == "__main__":
    main()
