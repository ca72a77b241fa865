# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "scikit-learn==1.9.1"]
# ///
"""Writes examples/data/digits.txt, the pictures that examples/digits.ts learns from, and test/fixtures/digits.json: what PyTorch and scikit-learn
make of them.

    python3 -m venv .venv-digits
    .venv-digits/bin/pip install torch==2.15.0 scikit-learn==1.9.1
    .venv-digits/bin/python scripts/generate-digits.py

PyTorch trains as the example does: the same first values, batches, optimizer and rule for the end, so that every number of every epoch must
be the same but for rounding. Scikit-learn's LogisticRegression is trained on the same rows, and on the rows of its own exercise "Digits
Classification", whose documentation gives its result.
"""

import importlib.metadata
import math
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from torch_fixtures import prepare, write

DATA = Path(__file__).resolve().parent.parent / "examples" / "data" / "digits.txt"
SIGNS = "0123456789abcdefg"

# The same in examples/digits.ts.
SEED = 1
BATCH = 32
LR = 0.005
PATIENCE = 5
EPOCHS = 200
VALIDATION = 180
TEST = 180


def write_data(digits) -> None:
    lines = [
        "".join(SIGNS[int(pixel)] for pixel in row) + f" {label}" for row, label in zip(digits.data, digits.target)
    ]
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text("\n".join(lines) + "\n")
    print(DATA)


def order(rows: int, epoch: int) -> list:
    """Of an epoch's rows, as src/engine/data/data-loader.ts shuffles."""
    rng = random.Random((SEED << 64) + epoch)
    rows = list(range(rows))
    for i in range(len(rows) - 1, 0, -1):
        j = math.floor(rng.random() * (i + 1))
        rows[i], rows[j] = rows[j], rows[i]
    return rows


def accuracy(logits, y) -> float:
    return (logits.argmax(dim=1) == y).double().mean().item()


def train(x, y) -> dict:
    """By torch, with the rule of its own that ends the example's training."""
    rng = random.Random(SEED)
    inputs, outputs = x["train"].shape[1], 10
    bound = 1 / math.sqrt(inputs)
    model = torch.nn.Linear(inputs, outputs)
    start = torch.tensor([rng.uniform(-bound, bound) for _ in range((inputs + 1) * outputs)])
    with torch.no_grad():
        model.weight.copy_(start[: inputs * outputs].view(outputs, inputs))
        model.bias.copy_(start[inputs * outputs :])
    optimizer = torch.optim.Adam(model.parameters(), lr=LR)
    epochs = []
    best, best_state, wait = math.inf, None, 0
    for epoch in range(EPOCHS):
        losses, right = [], 0.0
        rows = order(len(x["train"]), epoch)
        for begin in range(0, len(rows), BATCH):
            batch = rows[begin : begin + BATCH]
            optimizer.zero_grad()
            logits = model(x["train"][batch])
            loss = F.cross_entropy(logits, y["train"][batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            right += accuracy(logits, y["train"][batch]) * len(batch)
        with torch.no_grad():
            logits = model(x["validation"])
            val_loss = F.cross_entropy(logits, y["validation"]).item()
            epochs.append(
                {
                    "acc": right / len(rows),
                    "loss": sum(losses) / len(losses),
                    "val_acc": accuracy(logits, y["validation"]),
                    "val_loss": val_loss,
                }
            )
        if val_loss < best:
            best, wait = val_loss, 0
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
        else:
            wait += 1
        if wait >= PATIENCE:
            break
    model.load_state_dict(best_state)
    with torch.no_grad():
        logits = model(x["test"])
        test = {"test_acc": accuracy(logits, y["test"]), "test_loss": F.cross_entropy(logits, y["test"]).item()}
    parameters = {name: value.flatten().tolist() for name, value in model.state_dict().items()}
    return {"start": start.tolist(), "epochs": epochs, **test, "parameters": parameters}


def sklearn_accuracy(x, y, rows: int) -> float:
    """On the test rows, trained on the first `rows` rows."""
    model = LogisticRegression(max_iter=1000).fit(x[:rows], y[:rows])
    return model.score(x[-TEST:], y[-TEST:])


def main() -> None:
    prepare()
    digits = load_digits()
    write_data(digits)
    x, y = digits.data / 16, digits.target
    count = len(x) - VALIDATION - TEST
    parts = {"train": slice(0, count), "validation": slice(count, count + VALIDATION), "test": slice(-TEST, None)}
    content = {
        **{name: importlib.metadata.version(name) for name in ["torch", "scikit-learn"]},
        "torch_training": train(
            {key: torch.tensor(x[part]) for key, part in parts.items()},
            {key: torch.tensor(y[part]) for key, part in parts.items()},
        ),
        "sklearn_test_acc": sklearn_accuracy(x, y, count),
        "sklearn_exercise_acc": sklearn_accuracy(x, y, len(x) - TEST),
    }
    write("digits.json", content)


if __name__ == "__main__":
    main()
