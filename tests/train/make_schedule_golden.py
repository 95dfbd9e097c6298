#!/usr/bin/env python3
"""Writes golden/*.f64: what torch.optim does, as little-endian float64.

Run with Debian's python3-torch (1.13.1):  /usr/bin/python3 make_schedule_golden.py

onecycle_*.f64   [steps][learning rate, momentum] before every step
step.f64         [epochs] learning rate of every epoch
multistep_*.f64  [epochs] the same
plateau_*.f64    [epochs] losses fed, then [epochs] learning rate of every epoch
optimizer_*.f64  [20 steps + 1][7] parameters, from the initial ones on; *_float32.f64 trained in float32
optimizer_gradients.f64  [20][7]

The kernels are PyTorch's plain ones (ATEN_CPU_CAPABILITY=default): the vector ones contract a * b + c
to one rounding or not, depending on the processor.
"""
import os

os.environ["ATEN_CPU_CAPABILITY"] = "default"
import pathlib
import warnings

import numpy as np
import torch
from torch.optim.lr_scheduler import MultiStepLR, OneCycleLR, ReduceLROnPlateau, StepLR

FOLDER = pathlib.Path(__file__).parent / "golden"
torch.set_default_dtype(torch.float64)
warnings.simplefilter("ignore")


def write(name, values):
    np.asarray(values, dtype="<f8").tofile(FOLDER / f"{name}.f64")


def momentum_of(optimizer):
    group = optimizer.param_groups[0]
    return group["betas"][0] if "betas" in group else group["momentum"]


def parameter():
    return torch.nn.Parameter(torch.zeros(1))


def one_cycle(name, steps, optimizer, **arguments):
    scheduler = OneCycleLR(optimizer, total_steps=steps, **arguments)
    rows = []
    for _ in range(steps):
        rows.append((optimizer.param_groups[0]["lr"], momentum_of(optimizer)))
        optimizer.step()
        scheduler.step()
    write(name, rows)


def epochs(name, count, optimizer, scheduler):
    rates = []
    for _ in range(count):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    write(name, rates)


def schedules():
    sgd = lambda lr=0.015: torch.optim.SGD([parameter()], lr=lr, momentum=0.7)
    adam = torch.optim.Adam([parameter()], lr=0.015)
    # The first seed: 20 epochs of 469 batches; its momentum 0.7 is overwritten.
    one_cycle("onecycle_seed", 9380, sgd(), max_lr=0.015)
    one_cycle("onecycle_three_phase", 50, sgd(), max_lr=0.1, three_phase=True)
    one_cycle("onecycle_linear", 50, sgd(), max_lr=0.1, anneal_strategy="linear", pct_start=0.45,
              div_factor=10.0, final_div_factor=100.0, base_momentum=0.8, max_momentum=0.9)
    one_cycle("onecycle_no_momentum", 50, sgd(), max_lr=0.1, cycle_momentum=False, pct_start=0.0)
    one_cycle("onecycle_adam", 50, adam, max_lr=0.1)

    optimizer = sgd(0.1)
    epochs("step", 20, optimizer, StepLR(optimizer, step_size=3, gamma=0.3))
    for name, lr, arguments in [
        ("multistep_seed", 0.01, dict(milestones=[9, 12, 14, 16, 18], gamma=0.5)),
        ("multistep_default", 0.1, dict(milestones=[1, 2, 3, 7, 19])),
        ("multistep_rising", 0.1, dict(milestones=[4, 5, 25], gamma=1.7)),
        ("multistep_late", 0.1, dict(milestones=[1000], gamma=0.3)),
    ]:
        optimizer = sgd(lr)
        epochs(name, 20, optimizer, MultiStepLR(optimizer, **arguments))

    generator = np.random.default_rng(7)
    # A falling loss that stalls, jumps and falls again, so that every branch is taken.
    losses = np.concatenate([np.linspace(2, 1, 10), 1 + 0.02 * generator.standard_normal(30),
                             np.linspace(0.9, 0.2, 10), np.full(30, 0.2)])
    for name, arguments in {
        "default": {},
        "cooldown": dict(factor=0.5, patience=1, threshold=0.03, cooldown=3),
        "floor": dict(factor=0.2, patience=0, threshold=0.0, min_lr=3e-3),
        "eps": dict(factor=0.5, patience=0, threshold=0.1, eps=1e-3),
    }.items():
        optimizer = sgd(0.1)
        scheduler = ReduceLROnPlateau(optimizer, **arguments)
        rates = []
        for loss in losses:
            rates.append(optimizer.param_groups[0]["lr"])
            scheduler.step(loss)
        write(f"plateau_{name}", [losses, rates])


def optimizers():
    generator = np.random.default_rng(11)
    start = generator.standard_normal(7)
    gradients = generator.standard_normal((20, 7)) * np.logspace(-4, 2, 7)
    write("optimizer_gradients", gradients)
    recipes = {
        "sgd": (torch.optim.SGD, dict(lr=0.05)),
        "momentum": (torch.optim.SGD, dict(lr=0.05, momentum=0.9)),
        "nesterov": (torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True,
                                           weight_decay=0.01)),
        "decay": (torch.optim.SGD, dict(lr=0.05, momentum=0.7, weight_decay=0.01)),
        "adam": (torch.optim.Adam, dict(lr=0.05)),
        "adam_decay": (torch.optim.Adam, dict(lr=0.05, weight_decay=0.01)),
        "adam_cycle": (torch.optim.Adam, dict(lr=0.05)),
    }
    for name, (kind, arguments) in recipes.items():
        cycle = 20 if "cycle" in name else None
        for dtype, suffix in ((torch.float64, ""), (torch.float32, "_float32")):
            rows = train(kind, arguments, torch.tensor(start).to(dtype),
                         torch.tensor(gradients).to(dtype), cycle)
            write(f"optimizer_{name}{suffix}", rows)


def train(kind, arguments, start, gradients, cycle):
    # Parameters 0 .. 4 are decayed, 5 and 6 are not.
    decayed, free = (torch.nn.Parameter(part.clone()) for part in (start[:5], start[5:]))
    optimizer = kind([{"params": [decayed]}, {"params": [free], "weight_decay": 0.0}], **arguments)
    scheduler = OneCycleLR(optimizer, max_lr=0.05, total_steps=cycle) if cycle else None
    rows = [start.double().numpy()]
    for gradient in gradients:
        decayed.grad, free.grad = gradient[:5], gradient[5:]
        optimizer.step()
        if scheduler:
            scheduler.step()
        rows.append(torch.cat([decayed, free]).detach().double().numpy())
    return rows


FOLDER.mkdir(exist_ok=True)
schedules()
optimizers()
