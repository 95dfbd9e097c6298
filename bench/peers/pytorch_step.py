"""Training steps of PyTorch on command: the other side of bench_step (step.cc).

  configuration               how this PyTorch was built and what it uses, as JSON
  load DIR                    the network and the batch that bench_step saved there
  compile LAYOUT              the step with torch.compile; the seconds until its first step is done
  losses DTYPE LAYOUT N       N steps from the saved weights; the loss of each
  time LAYOUT N               N steps from where the weights are; milliseconds per step
  time compiled-LAYOUT N      the same of the compiled network
"""
import json
import os
import time

import torch
from peer import answer_commands
from pytorch_model import import_model, read_safetensors


class Training:
    def __init__(self, folder, layout, dtype):
        with open(os.path.join(folder, "model.json"), encoding="utf-8") as file:
            model = json.load(file)
        self.network = import_model(folder).Net()
        weights = read_safetensors(os.path.join(folder, "weights.safetensors"))
        self.network.load_state_dict(weights, strict=True)
        batch = read_safetensors(os.path.join(folder, "batch.safetensors"))
        self.images, self.labels = batch["images"].to(dtype), batch["labels"].long()
        self.network.to(dtype)
        if layout == "channels-last":
            self.network = self.network.to(memory_format=torch.channels_last)
            self.images = self.images.contiguous(memory_format=torch.channels_last)
        self.network.train()
        self.forward = self.network
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=model["lr"],
                                         momentum=model["momentum"])

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.nll_loss(self.forward(self.images), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


class Peer:
    def __init__(self):
        self.folder, self.trainings = None, {}

    def configuration(self):
        return json.dumps({"version": torch.__version__, "built with": torch.__config__.show(),
                           "threads": torch.get_num_threads()})

    def load(self, folder):
        self.folder = folder
        self.trainings = {layout: Training(folder, layout, torch.float32)
                          for layout in ("contiguous", "channels-last")}
        return "loaded"

    def compile(self, layout):
        start = time.perf_counter()
        torch.compiler.reset()  # the network before this one counts against the limit of recompilations
        training = Training(self.folder, layout, torch.float32)
        training.forward = torch.compile(training.network)
        training.step()
        self.trainings["compiled-" + layout] = training
        return time.perf_counter() - start

    def losses(self, dtype, layout, steps):
        training = Training(self.folder, layout, getattr(torch, dtype))
        return " ".join(repr(training.step()) for _ in range(int(steps)))

    def time(self, layout, steps):
        training, start = self.trainings[layout], time.perf_counter()
        for _ in range(int(steps)):
            training.step()
        return (time.perf_counter() - start) * 1000 / int(steps)


if __name__ == "__main__":
    torch.manual_seed(1)
    PEER = Peer()
    answer_commands({"configuration": PEER.configuration, "load": PEER.load, "losses": PEER.losses,
                     "compile": PEER.compile, "time": PEER.time})
