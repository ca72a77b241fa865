# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "tensorboard==2.21.0", "setuptools==80.9.0", "pillow==12.3.0"]
# ///
"""Writes test/fixtures/peer-torch-hparams.* and peer-torch-plugins.*: what torch itself writes for hyperparameters, a mesh, a tensor
and a graph.

    python3 -m venv .venv-peers
    .venv-peers/bin/pip install torch==2.15.0 tensorboard==2.21.0 setuptools==80.9.0 pillow==12.3.0
    .venv-peers/bin/python scripts/generate-plugin-fixtures.py

An environment of its own, since torch is large and no test needs it; any build for the CPU will do. The first file is that of the run
that add_hparams makes below the writer's. What is in the .json: described_events.py. protobuf gives the entries of
a map another order at each making.
"""

import tempfile
from pathlib import Path
from unittest.mock import patch

import torch
import torch.utils.tensorboard

from described_events import FIXTURES, fixture_files

PIN = "2.15.0"
TIME = 1700000000.25
VERTICES = torch.tensor([[[1.0, 1.0, 1.0], [-1.0, -1.0, 1.0], [1.0, -1.0, -1.0], [-1.0, 1.0, -1.0]]])
COLORS = torch.tensor([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 0, 255]]], dtype=torch.int)
FACES = torch.tensor([[[0, 2, 3], [0, 3, 1], [0, 1, 2], [1, 3, 2]]], dtype=torch.int)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(3, 4)
        self.output = torch.nn.Linear(4, 1)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)))


def hparams(logdir):
    with torch.utils.tensorboard.SummaryWriter(str(logdir)) as writer:
        values = {"lr": 0.125, "layers": 3, "bn": True, "name": "größe"}
        writer.add_hparams(values, {"accuracy": 0.5, "loss": 0.25}, {"name": ["größe", "b"]}, "extra", 7)


def plugins(logdir):
    with torch.utils.tensorboard.SummaryWriter(str(logdir)) as writer:
        config = {"camera": {"cls": "PerspectiveCamera", "fov": 75}}
        writer.add_mesh("tetrahedron", VERTICES, COLORS, FACES, config, 3, walltime=TIME)
        writer.add_tensor("double", torch.tensor([[0.1, -2.0, 65504.0]], dtype=torch.float64), 4, walltime=TIME)
        writer.add_tensor("long", torch.tensor([2**53 + 1, -1]), 4, walltime=TIME)
        writer.add_graph(Net(), torch.zeros(2, 3))


def make(name, write, folder):
    with tempfile.TemporaryDirectory() as directory:
        logdir = Path(directory)
        with patch("time.time", lambda: TIME), patch("os.getpid", lambda: 4242), patch("socket.gethostname", lambda: "host"):
            write(logdir)
        directory = logdir / folder
        for other in [path for path in directory.iterdir() if path.is_dir()]:
            other.rmdir()
        [path] = directory.iterdir()
        return fixture_files(name, directory, f"torch {PIN}", file=path.name)


def main():
    if torch.__version__.split("+")[0] != PIN:
        raise SystemExit(f"this script is for torch {PIN}, not {torch.__version__}")
    torch.manual_seed(0)
    for name, write, folder in [("peer-torch-hparams", hparams, "extra"), ("peer-torch-plugins", plugins, ".")]:
        for file, data in make(name, write, folder).items():
            (FIXTURES / file).write_bytes(data)


if __name__ == "__main__":
    main()
