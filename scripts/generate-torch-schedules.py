# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0"]
# ///
"""Writes test/fixtures/torch-schedules.json: the learning rates of PyTorch's schedulers, for the engine's to be held against.

    python3 -m venv .venv-bench
    .venv-bench/bin/pip install torch==2.15.0
    .venv-bench/bin/python scripts/generate-torch-schedules.py

Each case has the rates of two groups, 0.5 and 0.02, before the first step and after each of 50. Names of options are torch's; what is a
function stands as the name of one in FUNCTIONS, which test/engine/callbacks/schedules/torch.test.ts has too.

torch-clipping.json, beside it, has gradients before and after torch.nn.utils.clip_grad_value_ and clip_grad_norm_, and norms with the
gradients that torch.norm gives them.
"""

import math
import warnings

import torch
from torch_fixtures import prepare, write

STEPS = 50
LRS = [0.5, 0.02]

FUNCTIONS = {
    "0.95^t": lambda t: 0.95**t,
    "1/sqrt(t+1)": lambda t: 1 / math.sqrt(t + 1),
    "0.9": lambda t: 0.9,
    "1 + t/100": lambda t: 1 + t / 100,
    "1/x": lambda x: 1 / x,
    "0.9^x": lambda x: 0.9**x,
}

# What ReduceLROnPlateau watches, the value of each step.
CURVE = [1 / (1 + t) if t < 12 else 0.1 + 0.01 * math.sin(t) if t < 35 else 0.05 - 0.0001 * t for t in range(STEPS)]

CASES = [
    ("LambdaLR", {"lr_lambda": "0.95^t"}),
    ("LambdaLR", {"lr_lambda": "1/sqrt(t+1)"}),
    ("LambdaLR", {"lr_lambda": ["0.95^t", "1 + t/100"]}),
    ("MultiplicativeLR", {"lr_lambda": "0.9"}),
    ("MultiplicativeLR", {"lr_lambda": ["1 + t/100", "0.9"]}),
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 1, "gamma": 0.9}),
    ("StepLR", {"step_size": 100, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [3, 20, 20, 45]}),
    ("MultiStepLR", {"milestones": [40, 0, 10], "gamma": 0.3}),
    ("MultiStepLR", {"milestones": []}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.1, "total_iters": 20}),
    ("ConstantLR", {"factor": 1.0, "total_iters": 0}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "end_factor": 0.5, "total_iters": 30}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 10}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ExponentialLR", {"gamma": 1.05}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 40, "power": 2.5}),
    ("PolynomialLR", {"total_iters": 60, "power": 0.5}),
    ("CosineAnnealingLR", {"T_max": 50}),
    ("CosineAnnealingLR", {"T_max": 10, "eta_min": 0.001}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("CosineAnnealingWarmRestarts", {"T_0": 10}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.001}),
    ("CosineAnnealingWarmRestarts", {"T_0": 1, "T_mult": 3}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 8}),
    ("CyclicLR", {"base_lr": [0.01, 0.2], "max_lr": [0.1, 0.3], "step_size_up": 3, "step_size_down": 9, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 5, "mode": "exp_range", "gamma": 0.97}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 5, "scale_fn": "1/x"}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 5, "scale_fn": "0.9^x", "scale_mode": "iterations"}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 50}),
    ("OneCycleLR", {"max_lr": [0.3, 0.05], "total_steps": 60, "pct_start": 0.5, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 51, "three_phase": True, "div_factor": 10.0, "final_div_factor": 100.0}),
    (
        "SequentialLR",
        {
            "schedulers": [["LinearLR", {"total_iters": 10}], ["CosineAnnealingLR", {"T_max": 40}]],
            "milestones": [10],
        },
    ),
    (
        "SequentialLR",
        {
            "schedulers": [
                ["ConstantLR", {"factor": 0.1, "total_iters": 4}],
                ["ExponentialLR", {"gamma": 0.9}],
                ["CosineAnnealingWarmRestarts", {"T_0": 6, "T_mult": 2}],
            ],
            "milestones": [4, 20],
        },
    ),
    (
        "SequentialLR",
        {
            "schedulers": [
                ["LambdaLR", {"lr_lambda": "0.95^t"}],
                ["MultiplicativeLR", {"lr_lambda": "0.9"}],
                ["MultiStepLR", {"milestones": [0, 5], "gamma": 0.5}],
                ["PolynomialLR", {"total_iters": 8}],
                ["StepLR", {"step_size": 3}],
                ["ConstantLR", {"factor": 0.2, "total_iters": 3}],
            ],
            "milestones": [8, 16, 24, 32, 40],
        },
    ),
    (
        "SequentialLR",
        {"schedulers": [["ExponentialLR", {"gamma": 0.5}], ["LinearLR", {"total_iters": 10}]], "milestones": [0]},
    ),
    (
        "ChainedScheduler",
        {"schedulers": [["ConstantLR", {"factor": 0.1, "total_iters": 20}], ["ExponentialLR", {"gamma": 0.9}]]},
    ),
    (
        "ChainedScheduler",
        {
            "schedulers": [
                ["LinearLR", {"start_factor": 0.2, "total_iters": 7}],
                ["StepLR", {"step_size": 5, "gamma": 0.7}],
                ["CosineAnnealingLR", {"T_max": 60}],
            ]
        },
    ),
    ("ReduceLROnPlateau", {"patience": 3}),
    ("ReduceLROnPlateau", {"patience": 0, "factor": 0.5, "threshold": 0.01, "threshold_mode": "abs", "cooldown": 3}),
    ("ReduceLROnPlateau", {"mode": "max", "patience": 2, "factor": 0.7, "min_lr": [0.1, 0.001]}),
    ("ReduceLROnPlateau", {"mode": "max", "patience": 1, "threshold": 0.5, "threshold_mode": "abs", "eps": 0.01}),
]


def option(value):
    """Names of functions become functions."""
    if isinstance(value, str):
        return FUNCTIONS.get(value, value)
    if isinstance(value, list):
        return [option(item) for item in value]
    return value


def scheduler(optimizer, name: str, options: dict):
    given = {key: option(value) for key, value in options.items() if key != "schedulers"}
    kind = getattr(torch.optim.lr_scheduler, name)
    if name in ("CyclicLR", "OneCycleLR"):
        given["cycle_momentum"] = False
    if "schedulers" not in options:
        return kind(optimizer, **given)
    parts = [scheduler(optimizer, part, own) for part, own in options["schedulers"]]
    return kind(optimizer, parts, **given) if name == "SequentialLR" else kind(parts, **given)


def rates(name: str, options: dict) -> list[list[float]]:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in LRS]
    optimizer = torch.optim.SGD(groups)
    schedule = scheduler(optimizer, name, options)
    rows = [[float(group["lr"]) for group in optimizer.param_groups]]
    for step in range(STEPS):
        optimizer.step()
        schedule.step(CURVE[step]) if name == "ReduceLROnPlateau" else schedule.step()
        rows.append([float(group["lr"]) for group in optimizer.param_groups])
    return rows


def schedules() -> dict:
    return {
        "torch": torch.__version__,
        "lrs": LRS,
        "curve": CURVE,
        "cases": [{"scheduler": name, "options": options, "rates": rates(name, options)} for name, options in CASES],
    }


GRADIENTS = [
    [[3.0, -4.0], [0.5]],
    [[0.1, 0.2, -0.3], [0.0]],
    [[1e-9, 0.0], [-1e-9]],
    [[math.pi, -1e5, 7.0], [2.5, -2.5]],
    [[0.0, 0.0], [0.0]],
]


def clipped(gradients: list[list[float]], clip) -> list[list[float]]:
    parameters = [torch.nn.Parameter(torch.zeros(len(values))) for values in gradients]
    for parameter, values in zip(parameters, gradients):
        parameter.grad = torch.tensor(values)
    clip(parameters)
    return [parameter.grad.tolist() for parameter in parameters]


def decay(values: list[float], p: float) -> dict:
    x = torch.tensor(values, requires_grad=True)
    norm = torch.norm(x, p)
    norm.backward()
    return {"x": values, "p": str(p), "norm": norm.item(), "gradient": x.grad.tolist()}


def clipping() -> dict:
    return {
        "torch": torch.__version__,
        "value": [
            {"gradients": g, "value": v, "clipped": clipped(g, lambda p, v=v: torch.nn.utils.clip_grad_value_(p, v))}
            for g in GRADIENTS
            for v in (0.25, 3.0)
        ],
        "norm": [
            {
                "gradients": g,
                "maxNorm": m,
                "normType": str(n),
                "clipped": clipped(g, lambda p, m=m, n=n: torch.nn.utils.clip_grad_norm_(p, m, norm_type=n)),
            }
            for g in GRADIENTS
            for m in (0.5, 5.0)
            for n in (1.0, 2.0, 3.5, math.inf)
        ],
        "decay": [
            decay(values, p)
            for values in ([3.0, -4.0], [0.1, -0.2, 0.2, 0.0], [0.0, 0.0], [1e-5, 2e3])
            for p in (1.0, 2.0, 3.0, math.inf)
        ],
    }


if __name__ == "__main__":
    prepare()
    warnings.simplefilter("ignore")
    write("torch-schedules.json", schedules())
    write("torch-clipping.json", clipping())
