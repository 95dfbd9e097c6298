"""A model's convolutions, one at a time, against oneDNN's: forward and both gradients.

Both sides are programs of the same commands (contestant.h): each pass again and again on maps that
take turns, so that they come from beyond the cores' own caches.
"""
import json
import statistics
import sys

from peer import Peer
from rounds import Section, alternate, spread, times_faster

MILLISECONDS = 50  # each pass, each round


def convolutions(arguments):
    process = Peer([arguments.programs + "/bench_step", "--model", arguments.model, "--dataset",
                    arguments.dataset, "--norm", "none"])
    layers = json.loads(process.ask("describe"))["layers"]
    process.close()
    return [layer for layer in layers if layer["token"][0] in "CcD"]


def start(arguments, batch):
    common = ["--batch", batch, "--threads", arguments.threads]
    ours = [Peer([arguments.programs + "/bench_convolutions", *common, "--simd", simd])
            for simd in arguments.simd]
    processes = {process.ask("version"): process for process in ours}
    for process in ours:
        if process not in processes.values():  # the same instruction set twice
            process.close()
    onednn = Peer([arguments.programs + "/bench_onednn", *common])
    processes[onednn.ask("version")] = onednn
    return processes


def load_command(layer, first):
    return " ".join(["load", *(str(layer[key]) for key in
                               ("in", "out", "kernel", "padding", "height", "width")),
                     "1" if first else "0", str(layer["stride"]), str(layer["groups"])])


def operations(layer, first, batch):
    """Floating-point operations, counted as direct convolution: forward, gradients."""
    height, width = ((layer[key] + 2 * layer["padding"] - layer["kernel"]) // layer["stride"] + 1
                     for key in ("height", "width"))
    weights = layer["in"] // layer["groups"] * layer["out"] * layer["kernel"] ** 2
    forward = 2 * weights * height * width * batch
    return [forward, forward if first else 2 * forward]


class Layer:
    """One convolution's times by racer and round: [forward, gradients] in milliseconds."""

    def __init__(self, layer, first, batch, processes, rounds):
        self.layer, self.operations = layer, operations(layer, first, batch)
        self.chosen = {name: process.ask(load_command(layer, first))
                       for name, process in processes.items()}
        self.passes = alternate({name: (lambda process=process:
                                        process.numbers(f"time {MILLISECONDS}"))
                                 for name, process in processes.items()}, rounds)
        self.times = {name: [[forward, sum(gradients)] for forward, *gradients in series]
                      for name, series in self.passes.items()}

    def cells(self, name):
        """Median milliseconds (GFLOP/s) of forward and of gradients."""
        medians = [statistics.median(column) for column in zip(*self.times[name])]
        return [f"{time:.3f} ({count / time / 1e6:.0f})"
                for time, count in zip(medians, self.operations)]

    def sums(self, name):
        return [sum(times) for times in self.times[name]]

    def row(self, ours, theirs):
        layer = self.layer
        shape = (f"{layer['in']}x{layer['height']}x{layer['width']} to {layer['out']}, "
                 f"{layer['kernel']}x{layer['kernel']}")
        shape += f", stride {layer['stride']}" if layer["stride"] > 1 else ""
        shape += f", {layer['groups']} groups" if layer["groups"] > 1 else ""
        return [layer["name"], shape, layer["repeat"],
                *(cell for pair in zip(self.cells(ours), self.cells(theirs)) for cell in pair),
                spread(times_faster(self.sums(ours), [self.sums(theirs)]))]


class Sum(Layer):
    """All layers, each as often as the model applies it."""

    def __init__(self, layers):
        self.operations = [sum(layer.layer["repeat"] * layer.operations[i] for layer in layers)
                           for i in range(2)]
        self.times = {name: [[sum(layer.layer["repeat"] * layer.times[name][r][i]
                                  for layer in layers) for i in range(2)]
                             for r in range(len(series))]
                      for name, series in layers[0].times.items()}

    def row(self, ours, theirs):
        return ["all", "", "", *(cell for pair in zip(self.cells(ours), self.cells(theirs))
                                 for cell in pair),
                spread(times_faster(self.sums(ours), [self.sums(theirs)]))]


def race(arguments):
    sections = []
    for batch in arguments.batch:
        processes = start(arguments, batch)
        *ours, theirs = processes
        layers = []
        for i, layer in enumerate(convolutions(arguments)):
            layers.append(Layer(layer, i == 0, batch, processes, arguments.rounds))
            print("convolutions:", batch, *layers[-1].row(ours[0], theirs), sep="  ",
                  file=sys.stderr, flush=True)
        for process in processes.values():
            process.close()
        sections += [section(arguments, batch, layers, name, theirs) for name in ours]
    return sections


def section(arguments, batch, layers, ours, theirs):
    header = ["layer", "convolution", "times", f"forward {ours}", f"forward {theirs}",
              f"gradients {ours}", f"gradients {theirs}", "ratio"]
    chosen = sorted({name for layer in layers for name in layer.chosen[theirs].split()})
    made = Section(
        f"The convolutions of {arguments.model}, batch {batch}: {ours} against {theirs}", header,
        f"Milliseconds (GFLOP/s, counted as direct convolution), {arguments.threads} threads: "
        f"medians of {arguments.rounds} alternating rounds; the ratio is theirs over ours, all "
        "passes, median (least-most). oneDNN's layouts are its own and no reorder is counted; it "
        f"chose {', '.join(chosen)}.")
    for layer in layers:
        made.add(layer.row(ours, theirs), {"layer": layer.layer["name"], "batch": batch,
                                           "chosen": layer.chosen,
                                           "milliseconds by pass": layer.passes})
    made.rows.append(Sum(layers).row(ours, theirs))
    return made
