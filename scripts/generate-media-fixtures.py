# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "tensorflow-cpu==2.21.0", "tensorboardX==2.6.5", "tensorboard==2.21.0", "setuptools==80.9.0",
#                 "pillow==12.3.0", "soundfile==0.14.0", "moviepy==1.0.3"]
# ///
"""Writes test/fixtures/peer-*-media.*: pictures, sound and video by torch, tensorboardX and TensorFlow themselves.

    python3 -m venv .venv-peers
    .venv-peers/bin/pip install torch==2.15.0 tensorflow-cpu==2.21.0 tensorboardX==2.6.5 soundfile==0.14.0 moviepy==1.0.3
    .venv-peers/bin/pip install tensorboard==2.21.0 setuptools==80.9.0 pillow==12.3.0
    .venv-peers/bin/python scripts/generate-media-fixtures.py

An environment of its own, since torch and TensorFlow are large and no test needs them; any build for the CPU will do. What is in the
.json: described_events.py.

Each file has at the steps 0 and 1 the tag `sound`: 100 samples at 8000 Hz, of which sample i is (i - 50) / 64;
of TensorFlow and tensorboardX `stereo` too, with the same samples backwards on the right. At step 0 `batch`, three pictures of 6 x 5
pixels whose byte at channel c, row y and column x is (80 c + 31 y + 7 x + i) modulo 256; of torch and tensorboardX `boxes`, one box 5, 10,
30, 35 in a black picture of 50 x 40, and `video`, three frames of 8 x 8, red, green and blue, 4 a second: torch runs with this moviepy only, which writes no times
with the imageio that it brings.
"""

import os
import socket
import tempfile
from pathlib import Path
from unittest.mock import patch

# TensorFlow says at each start what the processor could do.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorboardX
import tensorflow as tf
import torch.utils.tensorboard

from described_events import FIXTURES, fixture_files

PINS = {"torch": "2.15.0", "tensorboardX": "2.6.5", "tensorflow": "2.21.0"}
TIME = 1700000000.25
RATE = 8000
SOUND = np.float32((np.arange(100) - 50) / 64)
STEREO = np.stack([SOUND, SOUND[::-1]], 1)
C, Y, X = np.meshgrid(range(3), range(5), range(6), indexing="ij")
BATCH = np.stack([(80 * C + 31 * Y + 7 * X + i) % 256 for i in range(3)]).astype(np.uint8)
VIDEO = np.zeros((1, 3, 3, 8, 8), np.uint8)
for frame in range(3):
    VIDEO[0, frame, frame] = 255


def add_all(writer):
    for step in (0, 1):
        writer.add_audio("sound", SOUND, step, RATE, walltime=TIME + step)
    writer.add_images("batch", BATCH, 0, walltime=TIME)
    black, box = np.zeros((3, 40, 50), np.float32), np.array([[5.0, 10.0, 30.0, 35.0]])
    writer.add_image_with_boxes("boxes", black, box, 0, walltime=TIME)
    writer.add_video("video", VIDEO, 0, fps=4, walltime=TIME)


def with_torch(logdir):
    with torch.utils.tensorboard.SummaryWriter(str(logdir)) as writer:
        add_all(writer)


def with_tensorboardx(logdir):
    with tensorboardX.SummaryWriter(str(logdir)) as writer:
        add_all(writer)
        for step in (0, 1):
            writer.add_audio("stereo", STEREO, step, RATE, walltime=TIME + step)


def with_tensorflow(logdir):
    with tf.summary.create_file_writer(str(logdir)).as_default() as writer:
        for step in (0, 1):
            tf.summary.audio("sound", SOUND[None, :, None], RATE, step)
            tf.summary.audio("stereo", STEREO[None], RATE, step)
        tf.summary.image("batch", BATCH.transpose(0, 2, 3, 1), 0)
        writer.close()


WRITERS = {
    "peer-torch-media": (with_torch, torch),
    "peer-tensorboardx-media": (with_tensorboardx, tensorboardX),
    "peer-tensorflow-media": (with_tensorflow, tf),
}


def program_of(module):
    # A build of torch for the CPU says so behind a plus.
    name, found = module.__name__, module.__version__.split("+")[0]
    if found != PINS[name]:
        raise SystemExit(f"this script is for {name} {PINS[name]}, not {found}")
    return f"{name} {found}"


def make(name):
    write, module = WRITERS[name]
    with tempfile.TemporaryDirectory() as directory:
        logdir = Path(directory)
        if module is tf:
            write(logdir)
        else:
            with patch("time.time", lambda: TIME), patch("os.getpid", lambda: 4242), patch("socket.gethostname", lambda: "host"):
                write(logdir)
        [path] = logdir.iterdir()
        file = path.name.replace(socket.gethostname(), "host")
        return fixture_files(name, logdir, program_of(module), file=file)


def main():
    for name in WRITERS:
        for file, data in make(name).items():
            (FIXTURES / file).write_bytes(data)


if __name__ == "__main__":
    main()
