# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0"]
# ///
"""Writes test/fixtures/torch-*.json: what PyTorch itself does, for the engine's tests to be held against.

    python3 -m venv .venv-bench
    .venv-bench/bin/pip install torch==2.15.0
    .venv-bench/bin/python scripts/generate-torch-golden.py

torch-golden.json  the tutorial's problems with Adam and AMSGrad, 20,000 steps, float32 and float64
torch-optim.json   every optimizer of the engine on a small vector problem, 50 steps, float64
torch-tape.json    values and gradients of functions, float64

Any build of torch for the CPU will do. In float64 they agree to about 1e-15; in float32 some builds have a square root that is one unit
in the last place off, which is about 1e-9 here.
"""

import random

import torch
import torch.nn.functional as F
from torch_fixtures import prepare, write

# The tutorial's problems.

RECORDED = [0, 1, 2, 3, 4, 5, 10, 20, 100, 101, 102, 103, 202, 1000, 2990, 2999, 9999, 19999]
STEPS = 20_000


def breaking_adam(problem: str, amsgrad: bool, dtype: torch.dtype) -> dict:
    random.seed(1)
    x = torch.nn.Parameter(torch.zeros(1, dtype=dtype))
    optimizer = torch.optim.Adam([x], lr=1e-3, betas=(0.9, 0.99), eps=1e-8, amsgrad=amsgrad)
    estimates = {}
    for batch in range(STEPS):
        large = batch % 101 == 1 if problem == "online" else random.random() <= 0.01
        optimizer.zero_grad()
        (x * (1010 if large else -10)).backward()
        optimizer.step()
        if batch in RECORDED:
            estimates[str(batch)] = x.item()
        x.data.clamp_(-1, 1)
    state = optimizer.state[x]
    return {
        "est_by_batch": estimates,
        "x_after_clamp": x.item(),
        "exp_avg": state["exp_avg"].item(),
        "exp_avg_sq": state["exp_avg_sq"].item(),
        "max_exp_avg_sq": state["max_exp_avg_sq"].item() if amsgrad else None,
        "step": float(state["step"]),
    }


def golden() -> dict:
    series = {
        f"{problem}_{'amsgrad' if amsgrad else 'adam'}_{name}": breaking_adam(problem, amsgrad, dtype)
        for problem in ("online", "stochastic")
        for amsgrad in (False, True)
        for name, dtype in (("f32", torch.float32), ("f64", torch.float64))
    }
    note = (
        "est = x after optimizer.step, BEFORE the clamp to [-1, 1]; key = batch (0-based); "
        "random.seed(1) for stochastic; CPU"
    )
    return {"torch": torch.__version__, "lr": 1e-3, "betas": [0.9, 0.99], "eps": 1e-8, "note": note, **series}


# The optimizers.

START = {"a": [-1.2, 1.0, 0.5], "b": [0.3, -0.7]}
OPTIM_STEPS = 50
# Before this step (counted from 1) a case with a "schedule" sets the learning rate of every group to it.
SCHEDULE_AT = 26
RECORDED_STEPS = [1, 2, 3, 4, 5, 10, 15, 20, 25, 26, 27, 28, 35, 50]

ONE_GROUP = [{"params": ["a", "b"]}]
CASES = [
    ("Adam", "defaults", {}, ONE_GROUP),
    ("Adam", "lr and betas", {"lr": 0.05, "betas": [0.8, 0.95]}, ONE_GROUP),
    ("Adam", "large eps", {"lr": 0.05, "eps": 0.5}, ONE_GROUP),
    ("Adam", "betas of 0", {"lr": 0.01, "betas": [0.0, 0.0]}, ONE_GROUP),
    ("Adam", "amsgrad", {"lr": 0.05, "betas": [0.9, 0.9], "amsgrad": True}, ONE_GROUP),
    ("Adam", "weight decay", {"lr": 0.05, "weight_decay": 0.3}, ONE_GROUP),
    ("Adam", "maximize", {"lr": 0.01, "maximize": True}, ONE_GROUP),
    (
        "Adam",
        "maximize, amsgrad and weight decay",
        {"lr": 0.01, "maximize": True, "amsgrad": True, "weight_decay": 0.3},
        ONE_GROUP,
    ),
    (
        "Adam",
        "groups",
        {"lr": 0.01, "betas": [0.9, 0.99]},
        [
            {"params": ["a"]},
            {"params": ["b"], "lr": 0.1, "betas": [0.5, 0.9], "weight_decay": 0.2, "amsgrad": True},
        ],
    ),
    ("Adam", "schedule", {"lr": 0.05, "schedule": 0.002}, ONE_GROUP),
    ("AdamW", "defaults", {}, ONE_GROUP),
    ("AdamW", "weight decay and schedule", {"lr": 0.05, "weight_decay": 0.4, "schedule": 0.002}, ONE_GROUP),
    ("AdamW", "amsgrad, maximize", {"lr": 0.01, "amsgrad": True, "maximize": True, "weight_decay": 0.2}, ONE_GROUP),
    ("AdamW", "groups", {"lr": 0.05}, [{"params": ["b"], "lr": 0.02, "weight_decay": 0.5}, {"params": ["a"]}]),
    ("SGD", "defaults", {}, ONE_GROUP),
    ("SGD", "weight decay", {"lr": 2e-3, "weight_decay": 0.3}, ONE_GROUP),
    ("SGD", "momentum", {"lr": 1e-3, "momentum": 0.9}, ONE_GROUP),
    ("SGD", "dampening", {"lr": 1e-3, "momentum": 0.9, "dampening": 0.4}, ONE_GROUP),
    ("SGD", "nesterov", {"lr": 1e-3, "momentum": 0.9, "nesterov": True}, ONE_GROUP),
    ("SGD", "nesterov and weight decay", {"lr": 1e-3, "momentum": 0.8, "nesterov": True, "weight_decay": 0.3}, ONE_GROUP),
    ("SGD", "maximize", {"lr": 1e-5, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}, ONE_GROUP),
    (
        "SGD",
        "groups",
        {"lr": 1e-3},
        [{"params": ["a"], "momentum": 0.9}, {"params": ["b"], "lr": 2e-2, "weight_decay": 0.1}],
    ),
    ("SGD", "schedule", {"lr": 1e-3, "momentum": 0.9, "schedule": 1e-4}, ONE_GROUP),
]


def rosenbrock_gradient(x: torch.Tensor) -> torch.Tensor:
    """Of sum over i of 10 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2."""
    gradient = torch.zeros_like(x)
    for i in range(len(x) - 1):
        valley = x[i + 1] - x[i] * x[i]
        gradient[i] += -40 * x[i] * valley - 2 * (1 - x[i])
        gradient[i + 1] += 20 * valley
    return gradient


def trajectory(optimizer_name: str, options: dict, groups: list[dict]) -> dict[str, list[float]]:
    """a and b, one behind the other, by the number of steps."""
    parameters = {name: torch.nn.Parameter(torch.tensor(values)) for name, values in START.items()}
    given = [{**group, "params": [parameters[name] for name in group["params"]]} for group in groups]
    own = {key: value for key, value in options.items() if key != "schedule"}
    optimizer = getattr(torch.optim, optimizer_name)(given, **own)
    points = {}
    for step in range(1, OPTIM_STEPS + 1):
        if "schedule" in options and step == SCHEDULE_AT:
            for group in optimizer.param_groups:
                group["lr"] = options["schedule"]
        with torch.no_grad():
            for parameter in parameters.values():
                parameter.grad = rosenbrock_gradient(parameter)
        optimizer.step()
        if step in RECORDED_STEPS:
            points[str(step)] = [value for parameter in parameters.values() for value in parameter.tolist()]
    return points


def optim() -> dict:
    return {
        "torch": torch.__version__,
        "start": START,
        "schedule_at": SCHEDULE_AT,
        "cases": [
            {
                "optimizer": name,
                "case": case,
                "options": options,
                "groups": groups,
                "trajectory": trajectory(name, options, groups),
            }
            for name, case, options, groups in CASES
        ],
    }


# The tape. The functions have the same names in test/engine/tape.test.ts.

FUNCTIONS = {
    "x * x": lambda x: x * x,
    "a node used twice": lambda x: (y := x.exp()) * y.sin() + y,
    "polynomial": lambda x: x.pow(3) - 2 * x.pow(2) + x / 7 - 5,
    "powers": lambda x: x.pow(0.5) + x.pow(-2) + x.pow(0) + x.pow(1),
    "all unary": lambda x: (x.exp() + x.log() + x.sqrt() + x.sin() + x.cos() + x.tanh() + x.sigmoid()).sum(),
    "relu and abs": lambda x: (x.relu() * 3 + (x.abs() * 5)).sum(),
    "scalar with vector": lambda s, v: (s * v + v / s - (s - v) * s).sum(),
    "vector with scalar": lambda v, s: ((v - s) * (v + s) / s).mean(),
    "vector over vector": lambda a, b: (a / b - b / a).sum(),
    "dot and mean": lambda a, b: a.dot(b) * a.mean() - b.mean(),
    "elements": lambda v: v[0] * v[1] - v[2] * v[2] * v[0] + v[1],
    "softplus of a dot": lambda w, x: ((w.dot(x)).exp() + 1).log() + 0.01 * (w * w).sum(),
    "two layers": lambda w, u, b: ((w * u + b).tanh() * w).sum().sigmoid(),
    "unused parameter": lambda a, b: a * 2 + b.detach(),
    "elements of matrices": lambda a, b, s: ((a * b - a / b) * s + (a - b).tanh()).mean(),
    "linear": lambda x, w, b: (F.linear(x, w, b) * F.linear(x, w)).sum(),
    "linear of one row": lambda x, w, b: F.linear(x, w, b).exp().sum(),
    "linear of itself": lambda w: F.linear(w, w).sin().sum(),
    "log softmax": lambda x: (F.log_softmax(x, dim=-1) * x).sum(),
    "log sigmoid": lambda x: F.logsigmoid(x).sum(),
    "cross entropy": lambda x, w, b: F.cross_entropy(F.linear(x, w, b), CLASSES),
    "cross entropy of one row": lambda x: F.cross_entropy(x, torch.tensor(1)),
    "cross entropy of probabilities": lambda x: F.cross_entropy(x, PROBABILITIES),
    "nll": lambda x: F.nll_loss(x, CLASSES),
    "mse": lambda x: F.mse_loss(x, TARGETS),
    "l1": lambda x: F.l1_loss(x, TARGETS),
    "binary cross entropy": lambda x: F.binary_cross_entropy_with_logits(x, LABELS),
    "network": lambda x, w, b, v, c: F.cross_entropy(F.linear(F.linear(x, w, b).relu(), v, c), CLASSES),
}

# The same in test/engine/tape-torch.test.ts; -100 is a row that does not count.
CLASSES = torch.tensor([2, 0, -100, 1])
PROBABILITIES = torch.tensor([[0.1, 0.7, 0.2], [1, 0, 0]], dtype=torch.float64)
TARGETS = torch.tensor([[0.5, -1], [2, 0]], dtype=torch.float64)
LABELS = torch.tensor([[0], [1], [0], [1], [1], [0], [0.3]], dtype=torch.float64)

ROWS = [[0.5, -1.0], [1.5, 0.3], [-0.7, 0.9], [0.1, -0.2]]
WEIGHT = [[0.2, -0.4], [1.1, 0.6], [-0.9, 0.8]]
BIAS = [0.1, -0.3, 0.2]
LOGITS = [[1.5, -0.3, 0.2], [-2.0, 0.1, 3.0]]

INPUTS = [
    ("x * x", [3.0]),
    ("x * x", [-0.3]),
    ("a node used twice", [0.4]),
    ("polynomial", [1.7]),
    ("polynomial", [0.0]),
    ("powers", [2.3]),
    ("all unary", [[0.2, 1.5, 3.0]]),
    ("relu and abs", [[-2.0, 0.0, 1.5]]),
    ("scalar with vector", [1.3, [0.5, -2.0, 4.0]]),
    ("vector with scalar", [[0.5, -2.0, 4.0], -0.7]),
    ("vector over vector", [[0.5, -2.0], [3.0, 0.25]]),
    ("dot and mean", [[0.5, -2.0, 4.0], [1.0, 0.1, -0.3]]),
    ("elements", [[0.5, -2.0, 4.0]]),
    ("softplus of a dot", [[0.5, -2.0, 4.0], [1.0, 0.1, -0.3]]),
    ("two layers", [[0.5, -2.0, 1.0], 0.4, [0.1, 0.2, 0.3]]),
    ("unused parameter", [1.5, 2.5]),
    ("elements of matrices", [LOGITS, [[0.4, 1.2, -0.6], [2.0, -1.0, 0.7]], 1.3]),
    ("linear", [ROWS, WEIGHT, BIAS]),
    ("linear", [[[2.0]], [[3.0]], [0.5]]),
    ("linear of one row", [[0.5, -1.0], WEIGHT, BIAS]),
    ("linear of itself", [WEIGHT]),
    ("log softmax", [LOGITS]),
    ("log softmax", [[[1000.0, 1001.0], [-1000.0, 0.0]]]),
    ("log softmax", [[0.3, -1.2, 2.0]]),
    ("log sigmoid", [[-800.0, -40.0, -1.5, 0.0, 1.5, 40.0, 800.0]]),
    ("cross entropy", [ROWS, WEIGHT, BIAS]),
    ("cross entropy", [[[100.0, -300.0]] * 4, WEIGHT, BIAS]),
    ("cross entropy of one row", [[0.3, -1.2, 2.0]]),
    ("cross entropy of probabilities", [LOGITS]),
    ("nll", [[[-0.5, -1.0, -2.0], [-1.5, -0.3, -0.1], [-0.7, -0.9, -4.0], [-0.1, -0.2, -0.6]]]),
    ("mse", [[[0.3, -1.2], [2.0, 0.7]]]),
    ("l1", [[[0.5, -1.2], [2.3, -0.7]]]),
    ("binary cross entropy", [[[0.3], [-1.2], [0.0], [0.0], [50.0], [800.0], [-2.5]]]),
    ("network", [ROWS, WEIGHT, BIAS, [[0.5, -0.2, 0.3], [0.1, 0.9, -0.4], [-0.6, 0.2, 0.8]], [0.0, 0.1, -0.1]]),
]


def evaluation(function: str, inputs: list) -> dict:
    leaves = [torch.tensor(value, requires_grad=True) for value in inputs]
    value = FUNCTIONS[function](*leaves)
    value.backward()
    gradients = [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in leaves]
    return {
        "function": function,
        "inputs": inputs,
        "value": value.item(),
        "gradients": [gradient.tolist() for gradient in gradients],
    }


def tape() -> dict:
    return {"torch": torch.__version__, "cases": [evaluation(function, inputs) for function, inputs in INPUTS]}


if __name__ == "__main__":
    prepare()
    write("torch-golden.json", golden())
    write("torch-optim.json", optim())
    write("torch-tape.json", tape())
