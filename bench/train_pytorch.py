#!/usr/bin/python3
"""Trains the recipe `mnist`, the replica of the first seed, in Debian's PyTorch and torchvision.

It answers what PyTorch itself gives where normlab's own figure differs from the seed's, which is one
training each. The network comes from bench_step's description, so that both train the same one; the
augmentation is torchvision's, as the seed's notebook has it; initial weights are nn.Conv2d's own.
Prints one line an epoch, and at the end the mean over the seeds.

  bench/train_pytorch.py --step build/bench/bench_step --data DIR --norm group --l2 0 --seeds 1,2,3
"""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import time

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from pytorch_model import build  # noqa: E402

MEAN, DEVIATION = (0.1307,), (0.3081,)  # the seed's


def read_idx(folder, name):
    path = os.path.join(folder, name)
    opener = open if os.path.exists(path) else gzip.open
    with opener(path if opener is open else path + ".gz", "rb") as file:
        content = file.read()
    dimensions = content[3]
    shape = [int.from_bytes(content[4 + 4 * i:8 + 4 * i], "big") for i in range(dimensions)]
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)


class Images(Dataset):
    def __init__(self, folder, split, transform):
        self.images = read_idx(folder, f"{split}-images-idx3-ubyte")
        self.labels = read_idx(folder, f"{split}-labels-idx1-ubyte")
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def describe(step, norm):
    """What normlab trains: the preset's layers, groups and order."""
    command = [step, "--model", "mnist-8k", "--dataset", "mnist", "--norm", norm,
               "--dropout", "0.05", "--batch", "16"]
    answer = subprocess.run(command, input="describe\n", stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(answer.stdout)


def evaluate(network, loader):
    network.eval()
    loss, correct = 0.0, 0
    with torch.no_grad():
        for images, labels in loader:
            output = network(images)
            loss += torch.nn.functional.nll_loss(output, labels, reduction="sum").item()
            correct += (output.argmax(1) == labels).sum().item()
    return loss / len(loader.dataset), 100 * correct / len(loader.dataset)


def train(model, arguments, seed):
    torch.manual_seed(seed)
    normalize = [transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)]
    augment = [transforms.RandomRotation((-7, 7), fill=(1,)),
               transforms.RandomAffine(degrees=7, shear=10, translate=(0.1, 0.1), scale=(0.8, 1.2)),
               transforms.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)]
    training = DataLoader(Images(arguments.data, "train", transforms.Compose(augment + normalize)),
                          batch_size=128, shuffle=True, num_workers=arguments.workers)
    testing = DataLoader(Images(arguments.data, "t10k", transforms.Compose(normalize)), batch_size=500)
    network = build(model)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.015, momentum=0.7,
                                weight_decay=arguments.l2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.015, epochs=arguments.epochs,
                                                   steps_per_epoch=len(training))
    accuracies = []
    for epoch in range(1, arguments.epochs + 1):
        start = time.perf_counter()
        network.train()
        for images, labels in training:
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.nll_loss(network(images), labels).backward()
            optimizer.step()
            schedule.step()
        seconds = time.perf_counter() - start
        loss, accuracy = evaluate(network, testing)
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
    model = describe(arguments.step, arguments.norm)
    runs = [train(model, arguments, int(seed)) for seed in arguments.seeds.split(",")]
    final, best = [run[-1] for run in runs], [max(run) for run in runs]
    print(f"PyTorch {torch.__version__}, {arguments.norm}, l2 {arguments.l2:g}, seeds "
          f"{arguments.seeds}: final {statistics.mean(final):.3f} {final}, "
          f"maximum {statistics.mean(best):.3f} {best}")


if __name__ == "__main__":
    main()
