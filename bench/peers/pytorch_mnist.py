"""The recipe `mnist`, the replica of the first seed, in PyTorch and torchvision.

The network is normlab's export, so that both sides train the same one;
augmentation, optimizer and schedule are the seed's notebook's; initial weights nn.Conv2d's own.
"""
import gzip
import os
import subprocess
import tempfile

import numpy
import torch
from PIL import Image
from pytorch_model import import_model
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

BATCH = 128
MEAN, DEVIATION = (0.1307,), (0.3081,)  # the seed's
NORMALIZE = [transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)]
AUGMENT = [transforms.RandomRotation((-7, 7), fill=(1,)),
           transforms.RandomAffine(degrees=7, shear=10, translate=(0.1, 0.1), scale=(0.8, 1.2)),
           transforms.ColorJitter(brightness=0.4, contrast=0.4, saturation=0.4, hue=0.1)]


def read_idx(folder, name):
    path = os.path.join(folder, name)
    opener = open if os.path.exists(path) else gzip.open
    with opener(path if opener is open else path + ".gz", "rb") as file:
        content = file.read()
    dimensions = content[3]
    shape = [int.from_bytes(content[4 + 4 * i:8 + 4 * i], "big") for i in range(dimensions)]
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)


class Images(Dataset):
    """The first `count` images of a split, or all."""

    def __init__(self, folder, split, transform, count=None):
        self.images = read_idx(folder, f"{split}-images-idx3-ubyte")[:count]
        self.labels = read_idx(folder, f"{split}-labels-idx1-ubyte")[:count]
        self.transform = transforms.Compose(transform)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index])


def training_images(folder, count=None):
    return Images(folder, "train", AUGMENT + NORMALIZE, count)


def test_images(folder):
    return Images(folder, "t10k", NORMALIZE)


def loader(images, workers):
    return DataLoader(images, batch_size=BATCH, shuffle=True, num_workers=workers)


def export(step, norm):
    """What normlab trains, as a module of PyTorch."""
    command = [step, "--model", "mnist-8k", "--dataset", "mnist", "--norm", norm,
               "--dropout", "0.05", "--batch", "16"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(command, input=f"save {folder}\n", stdout=subprocess.PIPE, text=True,
                       check=True)
        return import_model(folder)


class Training:
    def __init__(self, model, l2, epochs, steps_per_epoch):
        self.network = model.Net()
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.015, momentum=0.7,
                                         weight_decay=l2)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=0.015, epochs=epochs, steps_per_epoch=steps_per_epoch)

    def epoch(self, batches):
        """Mean loss and accuracy over the epoch's batches, counted at every step as the notebook
        does."""
        self.network.train()
        loss_sum, correct, count = 0.0, 0, 0
        for images, labels in batches:
            self.optimizer.zero_grad(set_to_none=True)
            output = self.network(images)
            loss = torch.nn.functional.nll_loss(output, labels)
            loss.backward()
            self.optimizer.step()
            self.schedule.step()
            loss_sum += loss.item() * len(labels)
            correct += (output.argmax(1) == labels).sum().item()
            count += len(labels)
        return loss_sum / count, 100 * correct / count

    def evaluate(self, batches):
        self.network.eval()
        loss, correct = 0.0, 0
        with torch.no_grad():
            for images, labels in batches:
                output = self.network(images)
                loss += torch.nn.functional.nll_loss(output, labels, reduction="sum").item()
                correct += (output.argmax(1) == labels).sum().item()
        return loss / len(batches.dataset), 100 * correct / len(batches.dataset)
