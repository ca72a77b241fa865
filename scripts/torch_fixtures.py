"""What the scripts that ask torch have in common: its version, and how test/fixtures are written."""

import json
import re
from pathlib import Path

import torch

PIN = "2.15.0"
FIXTURES = Path(__file__).resolve().parent.parent / "test" / "fixtures"


def prepare() -> None:
    """Float64 and one thread. Ends the program with another version of torch."""
    version = torch.__version__.split("+")[0]
    if version != PIN:
        raise SystemExit(f"The fixtures are made with torch {PIN}, this is {version}")
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)


def write(name: str, content: dict) -> None:
    path = FIXTURES / name
    text = json.dumps(content, indent=1)
    # A list of numbers is one line.
    text = re.sub(r"\[[-+.,\de\snul]+\]", lambda numbers: " ".join(numbers[0].split()), text)
    path.write_text(text + "\n")
    print(path)
