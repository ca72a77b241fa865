"""add_embedding of tensorboardX's SummaryWriter: N embeddings of ROWS points with COLUMNS numbers and a label each, the close included.

Prints one JSON object: seconds; vectors, labels and equal (numbers that are those that were given), found in the last one's files
afterwards.
"""

import argparse
import json
import pathlib
import tempfile
import time

import numpy as np
from tensorboardX import SummaryWriter


def run(points, labels, embeddings, directory):
    start = time.perf_counter()
    writer = SummaryWriter(directory)
    for step in range(embeddings):
        writer.add_embedding(points, metadata=labels, global_step=step)
    writer.close()
    return time.perf_counter() - start


def written(folder, points):
    lines = [line.split("\t") for line in (folder / "tensors.tsv").read_text().splitlines()]
    vectors = np.array(lines, dtype=np.float64).astype(np.float32)
    labels = (folder / "metadata.tsv").read_text().splitlines()
    return {"vectors": len(lines), "labels": len(labels), "equal": int((vectors == points).sum())}


parser = argparse.ArgumentParser()
for name in ("embeddings", "rows", "columns"):
    parser.add_argument(f"--{name}", type=int, required=True)
args = parser.parse_args()
points = (2 * np.random.default_rng(0).random((args.rows, args.columns)) - 1).astype(np.float32)
labels = [f"point {i}" for i in range(args.rows)]

with tempfile.TemporaryDirectory() as directory:
    # What is imported or set up at the first call is not the writer's speed.
    run(points, labels, 1, directory + "/warm-up")
    seconds = run(points, labels, args.embeddings, directory + "/run")
    folder = pathlib.Path(directory, "run", f"{args.embeddings - 1:05}", "default")
    print(json.dumps({"seconds": seconds, **written(folder, points)}))
