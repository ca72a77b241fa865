"""A log of one dashboard, written by torch's or tensorboardX's SummaryWriter: texts, pictures or histograms as a training logs them.

What is random is seeded, and the wall times are made up, so each making has the same values; the file's name and first event differ.
Prints one JSON object: values (how many).
"""

import argparse
import json

import numpy as np
import tensorboardX
import torch.utils.tensorboard

WRITERS = {"torch": torch.utils.tensorboard.SummaryWriter, "tensorboardX": tensorboardX.SummaryWriter}
TIME = 1700000000.0
LAYERS = [f"{block}/{layer}/{kind}" for block in ("encoder", "decoder") for layer in range(4) for kind in ("weight", "bias")]


def wall_times(random, count):
    """A step takes about two seconds, never twice the same."""
    return TIME + np.cumsum(random.gamma(20, 0.1, count))


def add_texts(writer, random, count):
    """Sampled sentences, words as often as in a language, and every tenth time a table of metrics."""
    letters = list("etaoinshrdlucmfwypvbgk")
    words = ["".join(random.choice(letters, random.integers(2, 10))) for _ in range(5000)]
    odds = 1 / np.arange(1, len(words) + 1)
    odds /= odds.sum()
    for step, time in enumerate(wall_times(random, count)):
        if step % 10 == 0:
            rows = [f"| {layer} | {random.normal():.6f} | {random.gamma(2):.4e} |" for layer in LAYERS]
            writer.add_text("metrics", "\n".join(["| layer | mean | norm |", "| --- | --- | --- |", *rows]), step, walltime=time)
        else:
            sentence = " ".join(words[i] for i in random.choice(len(words), 80, p=odds))
            writer.add_text(f"samples/{step % 3}", sentence, step, walltime=time)
    return count


def add_pictures(writer, random, count):
    """Pictures of 64 x 64 pixels with the noise of a camera, and every fourth time a plot of two colours."""
    c, y, x = np.meshgrid(range(3), range(64), range(64), indexing="ij")
    for step, time in enumerate(wall_times(random, count)):
        if step % 4 == 0:
            curve = 32 + 20 * np.sin(x / random.uniform(3, 12) + step)
            picture = np.where(np.abs(y - curve) < 1.5, 40, 255)
        else:
            waves = 60 * np.sin(x / random.uniform(5, 25) + c) + 50 * np.cos(y / random.uniform(5, 25) + step)
            picture = 128 + waves + random.normal(0, 4, waves.shape)
        writer.add_image(("samples", "curve")[step % 4 == 0], picture.clip(0, 255).astype(np.uint8), step, walltime=time)
    return count


def add_histograms(writer, random, count):
    """Weights of a training: each layer's spread goes its own way, slowly."""
    spreads = np.full(len(LAYERS), 0.05)
    values = 0
    for step, time in enumerate(wall_times(random, count)):
        spreads *= random.normal(1, 0.01, len(LAYERS))
        for layer, deviation in zip(LAYERS, spreads):
            weights = random.normal(0, deviation, 4096 if "weight" in layer else 64).astype(np.float32)
            writer.add_histogram(layer, weights, step, walltime=time)
            values += 1
    return values


ADD = {"text": add_texts, "image": add_pictures, "histogram": add_histograms}

parser = argparse.ArgumentParser()
parser.add_argument("--kind", choices=list(ADD), required=True)
parser.add_argument("--writer", choices=list(WRITERS), required=True)
parser.add_argument("--directory", required=True)
parser.add_argument("--count", type=int, required=True)
args = parser.parse_args()

with WRITERS[args.writer](args.directory) as writer:
    values = ADD[args.kind](writer, np.random.default_rng(1), args.count)
print(json.dumps({"values": values}))
