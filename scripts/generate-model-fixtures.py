# /// script
# requires-python = ">=3.10"
# dependencies = ["keras==3.15.1", "jax==0.10.2"]
# ///
"""Writes test/fixtures/model-keras.json: the models of generate-model-fixtures.mjs, as Keras 3 itself describes them.

    python3 -m venv .venv-keras
    .venv-keras/bin/pip install keras==3.15.1 jax==0.10.2
    .venv-keras/bin/python scripts/generate-model-fixtures.py
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras
from keras import Input, Model, Sequential, layers

FIXTURE = Path(__file__).resolve().parent.parent / "test" / "fixtures" / "model-keras.json"


def shared():
    left, right = Input((4,), name="left"), Input((4,), name="right")
    dense = layers.Dense(3, activation="relu", name="shared")
    joined = layers.Concatenate(name="joined")([dense(left), dense(right)])
    return Model([left, right], layers.Dense(1, name="out")(joined), name="two")


def nested():
    a, b = Input((4,), name="a"), Input((4,), name="b")
    inner = Model([a, b], layers.Add(name="sum")([a, b]), name="inner")
    x, y = Input((4,), name="x"), Input((4,), name="y")
    dense = Sequential([layers.Dense(2, name="first"), layers.Dense(1, name="second")], name="seq")
    return Model([x, y], dense(inner([x, y])), name="outer")


models = {model.name: json.loads(model.to_json()) for model in (shared(), nested())}
FIXTURE.write_text(json.dumps({"program": f"keras {keras.__version__}", **models}) + "\n")
