# /// script
# requires-python = ">=3.10"
# dependencies = ["torch==2.15.0", "scikit-learn==1.9.1"]
# ///
"""Writes test/fixtures/softmax-minimum.json: a small problem of softmax regression, and the minimum that scikit-learn finds.

    python3 -m venv .venv-digits
    .venv-digits/bin/pip install torch==2.15.0 scikit-learn==1.9.1
    .venv-digits/bin/python scripts/generate-softmax-minimum.py

The loss is the mean cross entropy of the rows plus |weight|² / (2 rows), and has one minimum, since it is convex and the penalty strictly so.
"""

import importlib.metadata
import random

import numpy as np
from sklearn.linear_model import LogisticRegression

from torch_fixtures import write

ROWS = 30
CENTRES = [[0.5, 1], [-1, 0.5], [0.5, -1]]


def main() -> None:
    rng = random.Random("softmax regression")
    y = [i % len(CENTRES) for i in range(ROWS)]
    # The third column takes the place of a bias. Two decimals, so that the fixture is short and exact.
    x = [[*(round(rng.gauss(centre, 1), 2) for centre in CENTRES[label]), 1.0] for label in y]
    model = LogisticRegression(C=1, fit_intercept=False, solver="newton-cholesky", tol=1e-14, max_iter=100)
    model.fit(np.array(x), np.array(y))
    write(
        "softmax-minimum.json",
        {
            "scikit-learn": importlib.metadata.version("scikit-learn"),
            "x": x,
            "y": y,
            "accuracy": model.score(x, y),
            "weight": model.coef_.tolist(),
        },
    )


if __name__ == "__main__":
    main()
