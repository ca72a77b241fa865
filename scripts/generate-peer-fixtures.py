# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "tensorflow-cpu==2.21.0", "tensorboardX==2.6.5", "tensorboard==2.21.0", "setuptools==80.9.0",
#                 "pillow==12.3.0"]
# ///
"""Writes test/fixtures/peer-*: first files of runs, by torch, tensorboardX and TensorFlow themselves, which the tests continue.

    python3 -m venv .venv-peers
    .venv-peers/bin/pip install torch==2.15.0 tensorflow-cpu==2.21.0 tensorboardX==2.6.5
    .venv-peers/bin/pip install tensorboard==2.21.0 setuptools==80.9.0 pillow==12.3.0
    .venv-peers/bin/python scripts/generate-peer-fixtures.py

An environment of its own, since torch and TensorFlow are large and no test needs them. On other systems than Linux the package is
`tensorflow`; any build of torch for the CPU will do.

Each file has the scalars `loss`, `accuracy` and `lr` at the steps 0 to 19, and an image, a text and a histogram at 2, 7 and 12; only
`peer-torch-plots` has texts, histograms, curves and a layout instead, one value each. What is in the .json: described_events.py, and
"file", the name that the program gave its file, since names decide the order. The host is called `host` in all. TensorFlow takes the
time from its own clock, so its files differ at each making; the others' do not. With names as arguments, only these are made.
"""

import os
import socket
import sys
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
STEPS = range(20)
DETAILED = (2, 7, 12)
PICTURE = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
WEIGHTS = np.array([-1.0, -0.5, 0.0, 0.25, 2.0], np.float32)

# For plots: exact in float32.
VALUES = [-1.0, -0.75, 0.0, 0.5, 0.625, 1.25, 3.0]
LABELS = [0, 1, 1, 0, 1, 0, 1]
PREDICTIONS = [0.125, 0.25, 0.375, 0.4375, 0.625, 0.75, 0.8125]
RAW_CURVE = [[4, 3, 1], [3, 1, 0], [0, 2, 3], [0, 1, 3], [0.5, 0.75, 1], [1, 0.75, 0.25]]


def scalars_at(step):
    """Exact in float32."""
    return {"loss": step / 8, "accuracy": step / 32, "lr": 2.0**-step}


# The programs.


def add_steps(writer, steps, offset=0):
    for step in steps:
        for tag, value in scalars_at(step).items():
            writer.add_scalar(tag, value + offset, step, walltime=TIME + step)
        if step in DETAILED:
            writer.add_image("picture", PICTURE, step, walltime=TIME + step, dataformats="HWC")
            writer.add_text("notes", f"at **{step}**", step, walltime=TIME + step)
            writer.add_histogram("weights", WEIGHTS, step, bins="auto", walltime=TIME + step)


def with_torch(logdir):
    with torch.utils.tensorboard.SummaryWriter(str(logdir)) as writer:
        for step in STEPS:
            add_steps(writer, [step])
            value = scalars_at(step)["loss"]
            writer.add_scalar("loss/new style", value, step, walltime=TIME + step, new_style=True)
            writer.add_scalar("loss/double", value, step, walltime=TIME + step, new_style=True, double_precision=True)


def with_torch_purge_step(logdir):
    # Later and with other values, since it also goes behind with_torch's file, in the same run.
    with patch("time.time", lambda: TIME + 100):
        with torch.utils.tensorboard.SummaryWriter(str(logdir), purge_step=5) as writer:
            add_steps(writer, STEPS[5:], offset=100)


def with_torch_plots(logdir):
    with torch.utils.tensorboard.SummaryWriter(str(logdir)) as writer:
        writer.add_text("notes", "at **7**", 7, walltime=TIME)
        writer.add_histogram("weights", np.array(VALUES), 7, bins=4, walltime=TIME)
        # With empty buckets outside, as TensorFlow 1 has them.
        raw = {"min": -1.0, "max": 2.0, "num": 5, "sum": 2.0, "sum_squares": 6.5}
        limits = [-1e12, 0.0, 1.0, 1e12, 1e13]
        writer.add_histogram_raw("raw", **raw, bucket_limits=limits, bucket_counts=[0, 2, 1, 2, 0], global_step=7, walltime=TIME)
        writer.add_pr_curve("curve", np.array(LABELS), np.array(PREDICTIONS), 7, num_thresholds=9, walltime=TIME)
        counts = [np.array(row) for row in RAW_CURVE]
        writer.add_pr_curve_raw("raw curve", *counts, 7, num_thresholds=3, walltime=TIME)
        layout = {"a": {"lines": ["Multiline", ["loss/.*", "accuracy"]], "band": ["Margin", ["mean", "low", "high"]]}}
        writer.add_custom_scalars(layout)


def with_tensorboardx(logdir):
    with tensorboardX.SummaryWriter(str(logdir)) as writer:
        add_steps(writer, STEPS)


def with_tensorflow(logdir):
    with tf.summary.create_file_writer(str(logdir)).as_default() as writer:
        for step in STEPS:
            for tag, value in scalars_at(step).items():
                tf.summary.scalar(tag, value, step)
            if step in DETAILED:
                tf.summary.image("picture", PICTURE[None], step)
                tf.summary.text("notes", f"at **{step}**", step)
                tf.summary.histogram("weights", WEIGHTS, step, buckets=3)
        writer.close()


def with_tensorflow_1(logdir):
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        inputs = {tag: v1.placeholder(tf.float32, ()) for tag in scalars_at(0)}
        note = v1.placeholder(tf.string, ())
        always = v1.summary.merge([v1.summary.scalar(tag, value) for tag, value in inputs.items()])
        sometimes = v1.summary.merge(
            [
                v1.summary.image("picture", PICTURE[None], max_outputs=1),
                v1.summary.text("notes", note),
                v1.summary.histogram("weights", WEIGHTS),
            ]
        )
        writer = v1.summary.FileWriter(str(logdir), session.graph)
        # As tf.compat.v1.train.Supervisor begins each session.
        writer.add_session_log(v1.SessionLog(status=v1.SessionLog.START), 0)
        for step in STEPS:
            values = scalars_at(step)
            writer.add_summary(session.run(always, {inputs[tag]: value for tag, value in values.items()}), step)
            if step in DETAILED:
                writer.add_summary(session.run(sometimes, {note: f"at **{step}**"}), step)
        writer.close()


WRITERS = {
    "peer-torch": (with_torch, torch),
    "peer-torch-purge-step": (with_torch_purge_step, torch),
    "peer-torch-plots": (with_torch_plots, torch),
    "peer-tensorboardx": (with_tensorboardx, tensorboardX),
    "peer-tensorflow": (with_tensorflow, tf),
    "peer-tensorflow-1": (with_tensorflow_1, tf),
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
    for name in sys.argv[1:] or WRITERS:
        for file, data in make(name).items():
            (FIXTURES / file).write_bytes(data)


if __name__ == "__main__":
    main()
