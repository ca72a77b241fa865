# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "tensorflow-cpu==2.21.0", "keras==3.15.1", "tensorboardX==2.6.5", "tensorboard==2.21.0", "setuptools==80.9.0",
#                 "pillow==12.3.0", "soundfile==0.14.0"]
# ///
"""Writes test/fixtures/calls-*: the same calls by torch, tensorboardX and TensorFlow themselves, as test/summary/peers-decode.test.ts makes
them too; and the files of torch's and tensorboardX's embeddings.

    python3 -m venv .venv-peers
    .venv-peers/bin/pip install torch==2.15.0 tensorflow-cpu==2.21.0 keras==3.15.1 tensorboardX==2.6.5
    .venv-peers/bin/pip install tensorboard==2.21.0 setuptools==80.9.0 pillow==12.3.0 soundfile==0.14.0
    .venv-peers/bin/python scripts/generate-call-fixtures.py

An environment of its own, since torch and TensorFlow are large and no test needs them; any build of torch for the CPU will do. With names
as arguments, such as `calls-torch`, only these are made, and only their program is needed (tensorboardX's graph is made of a model of
torch). What is in the .json: described_events.py. TensorFlow takes the time from its own clock, and protobuf gives the
entries of a map another order at each making.
"""

import importlib
import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

# TensorFlow says at each start what the processor could do.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np

from described_events import FIXTURES, fixture_files

PINS = {"torch": "2.15.0", "tensorboardX": "2.6.5", "tensorflow-cpu": "2.21.0"}
TIME = 1700000000.25
STEP = 7

# Exact in float32.
VALUES = np.array([-1.0, -0.75, 0.0, 0.5, 0.625, 1.25, 3.0])
RAW = {"min": -1.0, "max": 2.0, "num": 5, "sum": 2.0, "sum_squares": 6.5}
LIMITS, COUNTS = [-1e12, 0.0, 1.0, 1e12, 1e13], [0, 2, 1, 2, 0]
LABELS = np.array([0, 1, 1, 0, 1, 0, 1])
PREDICTIONS = np.array([0.125, 0.25, 0.375, 0.4375, 0.625, 0.75, 0.8125])
CURVE = [np.array(row) for row in ([4, 3, 1], [3, 1, 0], [0, 2, 3], [0, 1, 3], [0.5, 0.75, 1], [1, 0.75, 0.25])]
PICTURE = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
SOUND = np.float32((np.arange(16) - 8) / 16)
LAYOUT = {"a": {"lines": ["Multiline", ["loss/.*", "accuracy"]], "band": ["Margin", ["mean", "low", "high"]]}}
HPARAMS = {"lr": 0.125, "layers": 3, "name": "größe"}
VERTICES = np.float32([[[1, 1, 1], [-1, -1, 1], [1, -1, -1], [-1, 1, -1]]])
COLORS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 0, 255]]])
FACES = np.array([[[0, 2, 3], [0, 3, 1], [0, 1, 2], [1, 3, 2]]])
CONFIG = {"camera": {"cls": "PerspectiveCamera", "fov": 75}}
TENSOR = np.array([[0.1, -2.0, 65504.0]])
POINTS = np.float32([[0.1, -2.0], [1e-7, 3e20], [0, 65504]])
WORDS = [["a", 1], ["größe", 2], ["c d", 3]]


def add_all(writer, array):
    """What torch and tensorboardX have both, in the same words; `array` makes what their arrays are."""
    writer.add_scalar("loss", 0.25, STEP, walltime=TIME)
    writer.add_text("notes", "at **7**", STEP, walltime=TIME)
    writer.add_histogram("weights", VALUES, STEP, bins=4, walltime=TIME)
    writer.add_histogram_raw("raw", **RAW, bucket_limits=LIMITS, bucket_counts=COUNTS, global_step=STEP, walltime=TIME)
    writer.add_image("picture", PICTURE, STEP, walltime=TIME, dataformats="HWC")
    writer.add_audio("sound", SOUND, STEP, 8000, walltime=TIME)
    writer.add_pr_curve("curve", LABELS, PREDICTIONS, STEP, num_thresholds=9, walltime=TIME)
    writer.add_pr_curve_raw("raw curve", *CURVE, STEP, num_thresholds=3, walltime=TIME)
    writer.add_custom_scalars(LAYOUT)
    writer.add_mesh("tetrahedron", array(VERTICES), array(COLORS), array(FACES), CONFIG, STEP, walltime=TIME)


def add_hparams(writer, hparams, **more):
    """In the run itself: add_hparams would make another one."""
    for summary in hparams(HPARAMS, {"accuracy": 0.5}, **more):
        writer.file_writer.add_summary(summary, walltime=TIME)


def model():
    import torch

    class Net(torch.nn.Module):
        def forward(self, x):
            return torch.relu(x + 1)

    return Net(), torch.zeros(2, 3)


def with_torch(logdir):
    import torch
    from torch.utils import tensorboard
    from torch.utils.tensorboard.summary import hparams

    with tensorboard.SummaryWriter(str(logdir)) as writer:
        add_all(writer, torch.tensor)
        writer.add_tensor("tensor", torch.tensor(TENSOR), STEP, walltime=TIME)
        add_hparams(writer, hparams, hparam_domain_discrete={"name": ["größe", "b"]})
        writer.add_graph(*model())


def with_tensorboardx(logdir):
    import tensorboardX
    from tensorboardX.summary import hparams

    with tensorboardX.SummaryWriter(str(logdir)) as writer:
        add_all(writer, lambda array: array)
        add_hparams(writer, hparams)
        writer.add_graph(*model())


def with_tensorflow(logdir):
    import keras
    import tensorflow as tf
    from keras.src.callbacks.tensorboard import keras_model_summary
    from tensorboard.plugins.custom_scalar import layout_pb2
    from tensorboard.plugins.custom_scalar import summary as custom_scalars
    from tensorboard.plugins.hparams import api, api_pb2
    from tensorboard.plugins.hparams import summary as hparams_1
    from tensorboard.plugins.hparams import summary_v2 as hparams
    from tensorboard.plugins.mesh import summary_v2 as mesh
    from tensorboard.plugins.pr_curve import summary as pr_curve

    def add(summary):
        tf.summary.experimental.write_raw_pb(summary.SerializeToString(), STEP)

    lines, band = LAYOUT["a"]["lines"][1], dict(zip(("value", "lower", "upper"), LAYOUT["a"]["band"][1]))
    multiline = layout_pb2.Chart(title="lines", multiline=layout_pb2.MultilineChartContent(tag=lines))
    series = layout_pb2.MarginChartContent.Series(**band)
    margin = layout_pb2.Chart(title="band", margin=layout_pb2.MarginChartContent(series=[series]))
    layout = layout_pb2.Layout(category=[layout_pb2.Category(title="a", chart=[multiline, margin])])
    sequential = keras.Sequential([keras.Input((4,), name="in"), keras.layers.Dense(2, name="dense")], name="model")

    @tf.function(input_signature=[tf.TensorSpec([2, 3], tf.float32, name="x")])
    def traced(x):
        return tf.nn.relu(x, name="relu")

    with tf.summary.create_file_writer(str(logdir)).as_default(STEP) as writer:
        tf.summary.scalar("loss", 0.25)
        tf.summary.text("notes", "at **7**")
        tf.summary.text("table", [["a", "b"], ["c", "d"]])
        tf.summary.histogram("weights", VALUES, buckets=4)
        tf.summary.image("picture", PICTURE[None])
        tf.summary.audio("sound", SOUND[None, :, None], 8000)
        add(pr_curve.pb("curve", LABELS.astype(bool), PREDICTIONS, num_thresholds=9))
        add(pr_curve.raw_data_pb("raw curve", *CURVE, num_thresholds=3))
        add(custom_scalars.pb(layout))
        domain = [api.HParam("name", api.Discrete(["b", "größe"])), api.HParam("lr", api.RealInterval(0.0, 1.0))]
        add(hparams.hparams_config_pb(domain, [api.Metric("accuracy", group="val", display_name="A")], TIME))
        add(hparams.hparams_pb(HPARAMS, "group", TIME))
        # As its KerasCallback ends a run.
        add(hparams_1.session_end_pb(api_pb2.STATUS_SUCCESS, TIME))
        mesh.mesh("tetrahedron", VERTICES, FACES, COLORS, CONFIG, STEP)
        tf.summary.write("tensor", TENSOR, metadata=tf.compat.v1.SummaryMetadata())
        tf.summary.graph(traced.get_concrete_function().graph)
        keras_model_summary("keras", sequential, STEP)
        writer.close()


WRITERS = {
    "calls-torch": (with_torch, "torch"),
    "calls-tensorboardx": (with_tensorboardx, "tensorboardX"),
    "calls-tensorflow": (with_tensorflow, "tensorflow-cpu"),
}


def program_of(package):
    # A build of torch for the CPU says so behind a plus.
    found = version(package).split("+")[0]
    if found != PINS[package]:
        raise SystemExit(f"this script is for {package} {PINS[package]}, not {found}")
    return f"{package.removesuffix('-cpu')} {found}"


def embedding_files(module):
    """The files of an embedding, by name."""
    with tempfile.TemporaryDirectory() as directory:
        with module.SummaryWriter(directory) as writer:
            writer.add_embedding(POINTS, WORDS, metadata_header=["word", "rank"], global_step=STEP)
        paths = sorted(path for path in Path(directory).rglob("*") if path.suffix in (".tsv", ".pbtxt"))
        return {str(path.relative_to(directory)): path.read_text() for path in paths}


def make(name):
    write, package = WRITERS[name]
    program = program_of(package)
    with tempfile.TemporaryDirectory() as directory:
        with patch("time.time", lambda: TIME), patch("os.getpid", lambda: 4242), patch("socket.gethostname", lambda: "host"):
            write(Path(directory))
        yield from fixture_files(name, Path(directory), program).items()
    if package in ("torch", "tensorboardX"):
        module = importlib.import_module("torch.utils.tensorboard" if package == "torch" else package)
        text = json.dumps({"program": program, "files": embedding_files(module)}, indent=1, ensure_ascii=False)
        yield name.replace("calls", "embedding") + ".json", f"{text}\n".encode()


def main():
    for name in sys.argv[1:] or WRITERS:
        for file, data in make(name):
            (FIXTURES / file).write_bytes(data)


if __name__ == "__main__":
    main()
