"""Prints the cases of a demo suite, written only with words and sums that training never saw.

    python make_suites.py sums > ../../suites/sums.csv
"""

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator

import tasks

SEED = 2026
DRAWS = 20_000

# How many cases of each kind. The harder kinds get more, or both models would
# score alike.
FUNCTION_KINDS = {"number": 15, "pair": 10, "text": 12, "two texts": 5, "list": 18}
EXTRACT_KINDS = {
    "person": 2, "home": 3, "price": 2, "colour": 3, "pet": 3, "order": 3, "delivery": 4,
    "person and home": 4, "two numbers": 4, "two names": 4, "stock": 10, "four facts": 10, "missing": 12,
}  # fmt: skip
STRING_KINDS = {
    "copy": 4, "upper": 5, "first": 4, "last": 4, "nth": 5, "length": 5, "repeat": 4, "spell": 5,
    "swap": 5, "longer": 5, "vowels": 6, "reverse": 8, "sort": 4,
}  # fmt: skip


def distinct(make: Callable[[tasks.World], tasks.Example]) -> Iterator[tasks.Example]:
    """Held-out examples, none twice; it gives up when there are hardly any left."""
    world = tasks.World(random.Random(SEED), "test")
    seen: set[str] = set()
    for _ in range(DRAWS):
        example = make(world)
        if example.prompt not in seen:
            seen.add(example.prompt)
            yield example


def even(
    make: Callable[[tasks.World], tasks.Example], each: dict[str, int], pattern: str
) -> list[tuple[tasks.Example, re.Match[str]]]:
    """So many examples of every kind, in the one wording the suite asks in."""
    groups: dict[str, list[tuple[tasks.Example, re.Match[str]]]] = {kind: [] for kind in each}
    for example in distinct(make):
        match = re.fullmatch(pattern, example.prompt)
        if match and len(groups[example.kind]) < each[example.kind]:
            groups[example.kind].append((example, match))
    short = [kind for kind in each if len(groups[kind]) < each[kind]]
    assert not short, f"too few examples of {short}"
    return [pair for group in groups.values() for pair in group]


def sums() -> None:
    """CSV: columns are variables, `expect` is the right answer."""
    print("a,op,b,expect")
    for example, m in even(tasks.sums, {"+": 40, "-": 40}, r"What is (\d+) ([+-]) (\d+)\?"):
        print(f"{m[1]},{m[2]},{m[3]},{example.answer}")


def functions() -> None:
    """JSON Lines: one case a line, as it would stand in the suite."""
    wording = r"Write a Python function (\w+) that (.+)\. Call it with (.+)\."
    for example, m in even(tasks.functions, FUNCTION_KINDS, wording):
        code = example.answer.removeprefix("```python\n").removesuffix("\n```")
        tag = example.kind.replace(" ", "-")
        print(json.dumps({"vars": {"name": m[1], "does": m[2], "args": m[3]}, "expect": code, "tags": [tag]}))


def extract() -> None:
    """YAML lines for the list of cases, grouped by what the sentence is about."""
    group = ""
    # Nobody is told apart from a namesake.
    wording = r"Extract (.+?) as JSON: ((?!(\w+),? (?:not|visits) \3\b).+)"
    for example, m in even(tasks.extract, EXTRACT_KINDS, wording):
        if example.kind != group:
            group = example.kind
            print(f"\n  # {group}")
        print(f'  - vars: {{ keys: "{m[1]}", sentence: "{m[2]}" }}')
        print(f"    expect: {example.answer}")


def strings() -> None:
    """YAML lines for the list of cases, grouped by what is asked."""
    group = ""
    for example, _ in even(tasks.strings, STRING_KINDS, r".+"):
        if example.kind != group:
            group = example.kind
            print(f"\n  # {group}")
        print(f"  - {{ vars: {{ ask: '{example.prompt}' }}, expect: \"{example.answer}\", tags: [{group}] }}")


def main() -> None:
    makers = {f.__name__: f for f in (sums, functions, extract, strings)}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=makers)
    makers[parser.parse_args().suite]()


if __name__ == "__main__":
    main()
