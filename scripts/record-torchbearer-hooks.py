"""Writes test/fixtures/torchbearer-hooks.json: which hooks torchbearer calls, in which order, when it trains, validates, evaluates, predicts,
replays and stops.

    .venv-bench/bin/python scripts/record-torchbearer-hooks.py
"""

import importlib.metadata
import json
import pathlib

import torch
import torchbearer
from torchbearer import Trial
from torchbearer.callbacks import Callback

HOOKS = [name for name in dir(Callback) if name.startswith("on_")]
X, Y = torch.rand(4, 2), torch.rand(4, 1)


def recorder():
    """A list, and a callback that appends the name of every hook to it."""
    calls = []
    methods = {hook: (lambda self, state, hook=hook: calls.append(hook)) for hook in HOOKS}
    return calls, type("Recorder", (Callback,), methods)()


def stopper(hook):
    """A callback that stops the training at a hook."""

    def stop(self, state):
        state[torchbearer.STOP_TRAINING] = True

    return type("Stopper", (Callback,), {hook: stop})()


def trial(*callbacks):
    """A trial with two batches of training and of validation data."""
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    made = Trial(model, optimizer, torch.nn.MSELoss(), metrics=["mse"], callbacks=list(callbacks), verbose=0)
    made.with_train_data(X, Y, batch_size=2, num_workers=0)
    return made.with_val_data(X, Y, batch_size=2, num_workers=0)


def camel(hook):
    first, *rest = hook.split("_")
    return first + "".join(word.capitalize() for word in rest)


recorded = {}


def record(name, calls, action):
    """What an action adds to the calls."""
    before = len(calls)
    action()
    recorded[name] = [camel(hook) for hook in calls[before:]]


calls, callback = recorder()
one = trial(callback)
record("run", calls, lambda: one.run(2))
record("run again", calls, lambda: one.run(2))
record("evaluate", calls, lambda: one.evaluate())
record("evaluate train", calls, lambda: one.evaluate(data_key=torchbearer.TRAIN_DATA))
record("predict without data", calls, lambda: one.predict())
one.with_test_data(X, batch_size=2, num_workers=0)
record("predict", calls, lambda: one.predict())
record("predict validation", calls, lambda: one.predict(data_key=torchbearer.VALIDATION_DATA))
record("replay", calls, lambda: one.replay(callbacks=[callback], verbose=0))
record("replay one batch", calls, lambda: one.replay(callbacks=[callback], verbose=0, one_batch=True))
for hook in ["on_sample", "on_step_training", "on_step_validation", "on_end_epoch", "on_checkpoint"]:
    calls, callback = recorder()
    stopped = trial(callback, stopper(hook))
    record(f"stop at {camel(hook)}", calls, lambda: stopped.run(2))

versions = {name: importlib.metadata.version(name) for name in ["torchbearer", "torch"]}
path = pathlib.Path(__file__).parent.parent / "test" / "fixtures" / "torchbearer-hooks.json"
path.write_text(json.dumps({"versions": versions, "hooks": recorded}, indent=1) + "\n")
