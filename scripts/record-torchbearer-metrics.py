"""Writes test/fixtures/torchbearer-metrics.json: the numbers that torchbearer's metrics have at every step and epoch of small trainings, with the
data and the parameters they begin with; and areas under the curve by scikit-learn.

    .venv-bench/bin/pip install torch==2.15.0 torchbearer==0.5.5 scikit-learn==1.9.1
    .venv-bench/bin/python scripts/record-torchbearer-metrics.py
"""

import importlib.metadata
import random
import warnings

import sklearn.metrics
import torch
import torch.nn.functional as F
import torchbearer
from torchbearer import Trial
from torchbearer.callbacks import on_end_epoch, on_step_training, on_step_validation
from torchbearer.metrics import RocAucScore, lambda_metric, mean, running_mean, std, to_dict, var

from torch_fixtures import prepare, write

FEATURES = 3
ROWS = {"train": 131, "validation": 20}
BATCH = 2
EPOCHS = 2
RATES = [0.1, 0.02]

prepare()
warnings.filterwarnings("ignore")


def numbers(rng, *shape):
    """Nested lists of numbers with two decimals, so that the fixture is short and exact."""
    if not shape:
        return round(rng.uniform(-2, 2), 2)
    return [numbers(rng, *shape[1:]) for _ in range(shape[0])]


def absolute(y_pred, y_true):
    return (y_pred - y_true.view_as(y_pred)).abs().mean()


def spread_metric():
    """A number of each batch, with everything that can be said about the numbers."""
    return running_mean(batch_size=7, step_size=3)(var(std(mean(lambda_metric("mae")(absolute)))))


CASES = {
    "classes": {
        "outputs": 6,
        "criterion": F.cross_entropy,
        # A batch in which no row counted would have no loss, and no running mean for fifty steps.
        "target": lambda rng, i: torch.tensor(-100 if i % 2 == 1 and rng.random() < 0.2 else rng.randrange(6)),
        "metrics": lambda: ["acc", "loss", "top_5_acc", "lr", "epoch"],
    },
    "values": {
        "outputs": 2,
        "criterion": F.mse_loss,
        "target": lambda rng, _: torch.tensor(numbers(rng, 2)),
        # The default accuracy is the mean squared error here.
        "metrics": lambda: ["acc", "loss", spread_metric()],
    },
    "labels": {
        "outputs": 1,
        "criterion": F.binary_cross_entropy_with_logits,
        "target": lambda rng, _: torch.tensor([float(rng.random() < 0.4)]),
        "metrics": lambda: ["binary_acc", "loss", RocAucScore(one_hot_labels=False)],
    },
    "areas": {
        "outputs": 3,
        "criterion": F.cross_entropy,
        "target": lambda rng, _: torch.tensor(rng.randrange(3)),
        "metrics": lambda: [RocAucScore(one_hot_classes=3)],
    },
}


def finite(values):
    """What is no number has no form in JSON: null."""
    return {key: value if value == value else None for key, value in values.items()}


def record(name, case):
    rng = random.Random(name)
    x = {key: numbers(rng, rows, FEATURES) for key, rows in ROWS.items()}
    y = {key: [case["target"](rng, i) for i in range(len(x[key]))] for key in ROWS}
    weight, bias = numbers(rng, case["outputs"], FEATURES), numbers(rng, case["outputs"])
    model = torch.nn.Linear(FEATURES, case["outputs"])
    model.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    optimizer = torch.optim.SGD(model.parameters(), lr=RATES[0])
    steps, validation_steps = [], []

    @on_step_training
    def note(state):
        steps.append(finite(dict(state[torchbearer.METRICS])))

    @on_step_validation
    def note_validation(state):
        validation_steps.append(finite(dict(state[torchbearer.METRICS])))

    @on_end_epoch
    def schedule(state):
        for group in optimizer.param_groups:
            group["lr"] = RATES[1]

    trial = Trial(
        model,
        optimizer,
        case["criterion"],
        metrics=case["metrics"](),
        callbacks=[note, note_validation, schedule],
        verbose=0,
    ).to(torch.float64)
    trial.with_train_data(
        torch.tensor(x["train"]), torch.stack(y["train"]), batch_size=BATCH, shuffle=False, num_workers=0
    )
    trial.with_val_data(
        torch.tensor(x["validation"]), torch.stack(y["validation"]), batch_size=BATCH, shuffle=False, num_workers=0
    )
    history = trial.run(EPOCHS)
    tags = list(steps[0])
    return {
        "x": x,
        "y": {key: [target.tolist() for target in targets] for key, targets in y.items()},
        "weight": weight,
        "bias": bias,
        "tags": tags,
        "steps": [[step[tag] for tag in tags] for step in steps],
        "validation_tags": sorted({tag for step in validation_steps for tag in step}),
        "history": [finite(epoch) for epoch in history],
        "parameters": [parameter.tolist() for parameter in model.parameters()],
    }


def areas():
    """By scikit-learn: random scores, of which many are equal."""
    rng = random.Random("areas by scikit-learn")
    cases = []
    for rows, steps in [(2, 2), (5, 3), (30, 4), (30, 1000), (200, 10)]:
        scores = [rng.randrange(steps) / 8 for _ in range(rows)]
        labels = [0, 1] + [rng.randrange(2) for _ in range(rows - 2)]
        cases.append({"scores": scores, "labels": labels, "area": sklearn.metrics.roc_auc_score(labels, scores)})
    return cases


VERSIONS = ["torch", "torchbearer", "scikit-learn"]
content = {
    **{name: importlib.metadata.version(name) for name in VERSIONS},
    "batch": BATCH,
    "epochs": EPOCHS,
    "rates": RATES,
    "cases": {name: record(name, case) for name, case in CASES.items()},
    "areas": areas(),
}
write("torchbearer-metrics.json", content)
