"""add_image of tensorboardX's SummaryWriter: pictures of 256 x 256 pixels, the close included.

Prints one JSON object: seconds, bytes (of the event files).
"""

import argparse
import json
import pathlib
import tempfile
import time

import numpy as np
from tensorboardX import SummaryWriter

SIZE = 256
C, Y, X = np.meshgrid(range(3), range(SIZE), range(SIZE), indexing="ij")
# From 0 to 1; workloads/images.ts has the same.
BITS = (X * 7919 + Y * 104729 + C * 1299709).astype(np.uint64) * np.uint64(2654435761) % 2**32
BITS = (BITS ^ (BITS >> np.uint64(15))) * np.uint64(2246822519) % 2**32
GRAIN = (BITS ^ (BITS >> np.uint64(13))) / 2**32
KINDS = {
    "photograph": 128 + 60 * np.sin(X / 23 + C) + 50 * np.cos(Y / 31 + X / 47) + 12 * (GRAIN - 0.5),
    "noise": 256 * GRAIN,
    "drawing": np.where((X % 50 < 2) | (Y % 40 < 2) | ((X + Y) % 90 < 2), 0, 255),
}


def run(image, count, directory):
    start = time.perf_counter()
    writer = SummaryWriter(directory)
    for step in range(count):
        writer.add_image("picture", image, step)
    writer.close()
    return time.perf_counter() - start


parser = argparse.ArgumentParser()
parser.add_argument("--kind", choices=list(KINDS), required=True)
parser.add_argument("--count", type=int, required=True)
args = parser.parse_args()
image = KINDS[args.kind].astype(np.uint8)

with tempfile.TemporaryDirectory() as directory:
    # What is imported or set up at the first call is not the writer's speed.
    run(image, 10, directory + "/warm-up")
    seconds = run(image, args.count, directory + "/run")
    size = sum(path.stat().st_size for path in pathlib.Path(directory, "run").iterdir())
print(json.dumps({"seconds": seconds, "bytes": size}))
