"""What the makers of this folder share.

Every make_*.py writes the files that it names into this folder: what NumPy, SciPy and statsmodels, or a definition of
docs/measurement.md written down once more in Python, give for our inputs. agreement_test.cpp compares. They are no part of
the build. To make all again:

    pip install numpy scipy statsmodels
    for maker in make_*.py; do python $maker; done

A row is {"of": what, "in": arguments, "out": name → number, null (absent) or [from, to] (a bootstrap's end)}, and where we
must differ {"differs": a name of the head's `differences`}, whose reason docs/measurement.md tells in the same words.
"""

import json
import pathlib

import numpy
import scipy
import statsmodels

FOLDER = pathlib.Path(__file__).parent
VERSIONS = f"NumPy {numpy.__version__}, SciPy {scipy.__version__}, statsmodels {statsmodels.__version__}"


def rounded(values, digits=4):
    return [round(float(value), digits) for value in values]


class Rows:
    def __init__(self):
        self.rows = []
        self.differences = {}

    def add(self, what, given, out, differs=None):
        clean = {name: plain(value) for name, value in out.items()}
        row = {"of": what, "in": given, "out": clean}
        if differs:
            row["differs"] = differs
        self.rows.append(row)

    def write(self, name, reference):
        head = {"reference": f"{reference}; {VERSIONS}", "differences": self.differences}
        path = FOLDER / f"{name}.jsonl"
        lines = [json.dumps(one, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for one in [head, *self.rows]]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(path.name, len(self.rows), "rows", path.stat().st_size, "bytes")


def plain(value):
    if value is None or isinstance(value, (list, tuple)):
        return None if value is None else [float(one) for one in value]
    return float(value)
