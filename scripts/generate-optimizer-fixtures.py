# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "optax==0.2.8", "keras==3.15.1"]
# ///
"""Writes what other programs' optimizers do in 5,000 steps, for the engine's tests to be held against.

    python3 -m venv .venv-bench
    .venv-bench/bin/pip install torch==2.15.0
    .venv-bench/bin/python scripts/generate-optimizer-fixtures.py torch

    python3 -m venv .venv-optax
    .venv-optax/bin/pip install optax==0.2.8 keras==3.15.1
    .venv-optax/bin/python scripts/generate-optimizer-fixtures.py dialects

torch     test/fixtures/optimizer-steps.json: torch.optim, float64 and float32
dialects  test/fixtures/optimizer-dialects.json: AMSGrad of Keras and optax, the paper's as optax without its corrections, and optax's
          projections; float64

Each case makes two runs: one over gradients that are the same whatever the parameter does ("mixed": noise, one sign, mostly 0, large and
tiny, alternating, 0 at first), and one on the online problem of "On the Convergence of Adam and Beyond", kept in [-1, 1].
"""

import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "test" / "fixtures"
STEPS = 5000
RECORDED = [1, 2, 3, 10, 100, 300, *range(500, STEPS + 1, 500)]
START = [0.5, -1.25, 2.0, 0.0, -0.75, 1.0]


def mixed_gradients() -> list[list[float]]:
    """A row a step. Every number is exact in float64, so that another language computes the same."""
    state = 1

    def uniform() -> float:
        nonlocal state
        state = (1664525 * state + 1013904223) % 2**32
        return state / 2**32

    rows = []
    for step in range(STEPS):
        noise = uniform() - 0.5
        one_sign = uniform() + 0.5
        rare = uniform()
        size = int(uniform() * 61) - 40
        large_or_tiny = (uniform() - 0.5) * 2.0**size
        alternating = (1 + uniform()) * (1 if step % 2 == 0 else -1)
        late = uniform() - 0.25
        rows.append(
            [
                noise,
                one_sign,
                (rare - 0.95) * 64 if rare > 0.9 else 0.0,
                large_or_tiny,
                alternating,
                late if step >= 1000 else 0.0,
            ]
        )
    return rows


def online_gradient(step: int) -> float:
    return 1010.0 if step % 101 == 1 else -10.0


GRADIENTS = mixed_gradients()

# torch.optim

TORCH_CASES = [
    ("SGD", {}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.01, "betas": [0.9, 0.99], "amsgrad": True}),
    ("Adam", {"betas": [0.5, 0.9], "eps": 1e-3, "weight_decay": 0.1, "amsgrad": True, "maximize": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.01, "betas": [0.9, 0.99], "weight_decay": 0.1, "amsgrad": True, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.01, "betas": [0.8, 0.95], "eps": 1e-3}),
    ("Adamax", {"weight_decay": 0.1, "maximize": True}),
    ("Adamax", {"lr": 0.01, "betas": [0.0, 0.5], "weight_decay": 0.01}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.01, "betas": [0.9, 0.99], "momentum_decay": 0.1, "eps": 1e-4}),
    ("NAdam", {"weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.01, "betas": [0.9, 0.99], "eps": 1e-4}),
    ("RAdam", {"lr": 0.01, "betas": [0.5, 0.6]}),
    ("RAdam", {"weight_decay": 0.1, "maximize": True}),
    ("RAdam", {"weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 1e-3, "alpha": 0.9, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 1e-3, "momentum": 0.9}),
    ("RMSprop", {"lr": 1e-3, "centered": True, "maximize": True}),
    ("RMSprop", {"lr": 1e-3, "alpha": 0.95, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.01, "eps": 1e-4}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.99, "eps": 1e-4}),
    ("Adadelta", {"rho": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.05, "lambd": 0.01, "alpha": 0.5, "t0": 2000}),
    ("ASGD", {"lr": 1e-3, "lambd": 0, "t0": 100, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.5, "etas": [0.8, 1.1], "step_sizes": [1e-3, 2]}),
    ("Rprop", {"lr": 1e-3, "etas": [0.25, 1.5], "maximize": True}),
]


def torch_run(torch, name: str, options: dict, start: list, gradient: Callable, dtype, project: bool) -> dict:
    x = torch.nn.Parameter(torch.tensor(start, dtype=dtype))
    optimizer = getattr(torch.optim, name)([x], **options)
    points = []
    averages = []
    for step in range(STEPS):
        x.grad = torch.tensor(gradient(step), dtype=dtype)
        optimizer.step()
        if project:
            x.data.clamp_(-1, 1)
        if step + 1 in RECORDED:
            points.append(x.tolist())
            if name == "ASGD":
                averages.append(optimizer.state[x]["ax"].tolist())
    return {"x": points, **({"ax": averages} if averages else {})}


def torch_steps() -> dict:
    import torch

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    dtypes = {"float64": torch.float64, "float32": torch.float32}
    cases = []
    for name, options in TORCH_CASES:
        mixed = {
            dtype: torch_run(torch, name, options, START, lambda step: GRADIENTS[step], dtypes[dtype], False)
            for dtype in dtypes
        }
        online = {
            dtype: torch_run(torch, name, options, [0.0], lambda step: [online_gradient(step)], dtypes[dtype], True)
            for dtype in dtypes
        }
        runs = {"mixed": mixed, "online": online}
        cases.append({"optimizer": name, "options": options, **runs})
    return {**header("torch"), "cases": rounded(cases)}


# AMSGrad's dialects, and projections

DIALECTS = ["paper", "keras", "optax"]
DIALECT_OPTIONS = [
    {},
    {"lr": 0.01, "betas": [0.9, 0.99], "eps": 1e-7},
    {"lr": 0.01, "betas": [0.5, 0.9], "eps": 1e-3},
]


def optax_run(dialect: str, options: dict, start: list, gradient: Callable, project: bool) -> dict:
    import jax
    import jax.numpy as jnp
    import optax

    corrects = dialect == "optax"
    beta1, beta2 = options.get("betas", [0.9, 0.999])
    optimizer = optax.amsgrad(
        options.get("lr", 1e-3),
        b1=beta1,
        b2=beta2,
        eps=options.get("eps", 1e-8),
        bias_correction_mu=corrects,
        bias_correction_nu=corrects,
    )

    @jax.jit
    def advance(x, state, g):
        updates, state = optimizer.update(g, state, x)
        x = optax.apply_updates(x, updates)
        return (optax.projections.projection_box(x, -1.0, 1.0) if project else x), state

    x = jnp.array(start)
    state = optimizer.init(x)
    points = []
    for step in range(STEPS):
        x, state = advance(x, state, jnp.array(gradient(step)))
        if step + 1 in RECORDED:
            points.append(x.tolist())
    return {"x": points}


def keras_run(options: dict, start: list, gradient: Callable, project: bool) -> dict:
    import jax.numpy as jnp
    import keras

    beta1, beta2 = options.get("betas", [0.9, 0.999])
    optimizer = keras.optimizers.Adam(
        options.get("lr", 1e-3), beta_1=beta1, beta_2=beta2, epsilon=options.get("eps", 1e-8), amsgrad=True
    )
    x = keras.Variable(jnp.array(start), dtype="float64")
    points = []
    for step in range(STEPS):
        optimizer.apply_gradients([(jnp.array(gradient(step)), x)])
        if project:
            x.assign(jnp.clip(x.value, -1.0, 1.0))
        if step + 1 in RECORDED:
            points.append(x.value.tolist())
    return {"x": points}


def projections() -> list[dict]:
    import jax.numpy as jnp
    import optax

    cases = []
    for length in (1, 2, 3, 5, 8):
        for row in range(4):
            x = [GRADIENTS[10 * length + row + i][4 if row % 2 else 0] * 2.0 ** (2 * row - 2) for i in range(length)]
            for size in (0.25, 1.0, 3.0):
                vector = jnp.array(x)
                cases.append(
                    {
                        "x": x,
                        "size": size,
                        "box": optax.projections.projection_box(vector, -size, 2 * size).tolist(),
                        "l2Ball": optax.projections.projection_l2_ball(vector, size).tolist(),
                        "simplex": optax.projections.projection_simplex(vector, size).tolist(),
                    }
                )
    return cases


def dialects() -> dict:
    # Before they are loaded: their numbers are float32 otherwise.
    os.environ.update(KERAS_BACKEND="jax", JAX_ENABLE_X64="true", JAX_PLATFORMS="cpu")
    import keras

    keras.config.set_floatx("float64")
    cases = []
    for dialect in DIALECTS:
        for options in DIALECT_OPTIONS:
            run = keras_run if dialect == "keras" else lambda *args, dialect=dialect: optax_run(dialect, *args)
            runs = {
                "mixed": {"float64": run(options, START, lambda step: GRADIENTS[step], False)},
                "online": {"float64": run(options, [0.0], lambda step: [online_gradient(step)], True)},
            }
            cases.append({"optimizer": "Adam", "options": {**options, "amsgrad": dialect}, **runs})
    return {**header("optax", "keras", "jax"), "cases": cases, "projections": projections()}


# Both


def header(*packages: str) -> dict:
    return {
        **{name: importlib.metadata.version(name) for name in packages},
        "steps": STEPS,
        "recorded": RECORDED,
        "start": START,
        "gradients": {str(step): GRADIENTS[step] for step in (0, 1, 1000, STEPS - 1)},
    }


def rounded(cases: list[dict]) -> list[dict]:
    """Numbers of float32 with the digits that they have."""
    for case in cases:
        for run in ("mixed", "online"):
            for points in case[run]["float32"].values():
                points[:] = [[float(f"{value:.9g}") for value in point] for point in points]
    return cases


def write(name: str, content: dict) -> None:
    path = FIXTURES / name
    text = json.dumps(content, indent=1)
    # A list of numbers is one line, and so is a list of them that are a number each.
    text = re.sub(r"\[[-+.,\de\s]+\]", lambda numbers: "".join(numbers[0].split()), text)
    text = re.sub(r"\[\s*(\[[-+.,\de]+\],?\s*)+\]", lambda rows: re.sub(r"\s+", "", rows[0]), text)
    path.write_text(text + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["torch"]:
            write("optimizer-steps.json", torch_steps())
        case ["dialects"]:
            write("optimizer-dialects.json", dialects())
        case _:
            raise SystemExit(__doc__)
