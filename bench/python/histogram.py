"""add_histogram of tensorboardX's SummaryWriter: N histograms of COUNT values each, the close included.

Prints one JSON object: seconds, records and counted (the sum of all buckets), both found in the file afterwards.
"""

import argparse
import json
import pathlib
import tempfile
import time

import numpy as np
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboardX import SummaryWriter


def run(values, histograms, more, directory):
    start = time.perf_counter()
    writer = SummaryWriter(directory)
    for step in range(histograms):
        writer.add_histogram("weights", values, step, **more)
    writer.close()
    return time.perf_counter() - start


def written(directory):
    [path] = pathlib.Path(directory).glob("*tfevents*")
    values = [value for event in EventFileLoader(str(path)).Load() for value in event.summary.value]
    # The loader has made rows of left, right and count of them.
    counted = sum(np.frombuffer(value.tensor.tensor_content, np.float32).reshape(-1, 3)[:, 2].sum() for value in values)
    return len(values), float(counted)


parser = argparse.ArgumentParser()
parser.add_argument("--histograms", type=int, required=True)
parser.add_argument("--count", type=int, required=True)
parser.add_argument("--bins", type=int)
args = parser.parse_args()
more = {} if args.bins is None else {"bins": args.bins}
# Normally distributed, as weights are.
values = np.random.default_rng(0).normal(size=args.count)

with tempfile.TemporaryDirectory() as directory:
    # What is imported or set up at the first call is not the writer's speed.
    run(values, 1, more, directory + "/warm-up")
    seconds = run(values, args.histograms, more, directory + "/run")
    records, counted = written(directory + "/run")
print(json.dumps({"seconds": seconds, "records": records, "counted": counted}))
