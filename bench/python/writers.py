"""add_scalar of torch's and tensorboardX's SummaryWriter: one tag, N calls, the close included.

Prints one JSON object: writer, scalars, seconds, records (found in the files afterwards).
"""

import argparse
import json
import pathlib
import struct
import sys
import tempfile
import time

from tensorboardX import SummaryWriter as TensorboardXWriter
from torch.utils.tensorboard import SummaryWriter as TorchWriter


def run(writer_class, scalars, directory):
    start = time.perf_counter()
    writer = writer_class(directory)
    for step in range(scalars):
        writer.add_scalar("batch/est", step * 1e-6, step)
    writer.close()
    return time.perf_counter() - start


def count_records(directory):
    """Walks the TFRecord framing: 8 bytes of length, 4 of checksum, the data, 4 of checksum."""
    records = 0
    for path in pathlib.Path(directory).rglob("*tfevents*"):
        data = path.read_bytes()
        position = 0
        while position < len(data):
            (length,) = struct.unpack_from("<Q", data, position)
            position += 16 + length
            records += 1
        if position != len(data):
            sys.exit(f"{path} ends inside a record")
    return records


parser = argparse.ArgumentParser()
parser.add_argument("--writer", choices=["torch", "tensorboardX"], required=True)
parser.add_argument("--scalars", type=int, required=True)
args = parser.parse_args()
writer_class = TorchWriter if args.writer == "torch" else TensorboardXWriter

with tempfile.TemporaryDirectory() as directory:
    # What is imported or set up at the first call is not the writer's speed.
    run(writer_class, 100, directory + "/warm-up")
    seconds = run(writer_class, args.scalars, directory + "/run")
    # The file starts with one record that holds its version.
    records = count_records(directory + "/run") - 1
print(json.dumps({"writer": args.writer, "scalars": args.scalars, "seconds": seconds, "records": records}))
