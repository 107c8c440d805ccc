"""What the makers of this folder share.

Every make_*.py writes the files that it names into this folder: what the program that a protocol's published scores come
from says of our answers. agreement_test.cpp compares. They are no part of the build; the head of each says what it needs.
Reference programs are never copied: they are read where pip put them, and where a package would pull in a whole deep
learning stack, only the functions that are asked for are taken from its files.
"""

import ast
import json
import pathlib
import zipfile

FOLDER = pathlib.Path(__file__).parent


def taken_from(wheel, path, names, given):
    """The functions, classes and constants `names` of a file in a wheel, run in `given` (a dict, which they join)."""
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read(path).decode())
    wanted = [node for node in tree.body if names_of(node) & set(names)]
    missing = set(names) - set().union(*(names_of(node) for node in wanted))
    if missing:
        raise SystemExit(f"{wheel} has no {', '.join(sorted(missing))} in {path}; another version of it?")
    for node in wanted:
        if hasattr(node, "decorator_list"):
            node.decorator_list = [one for one in node.decorator_list if "register" not in ast.dump(one)]
    exec(compile(ast.Module(body=wanted, type_ignores=[]), path, "exec"), given)
    return given


def names_of(node):
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {node.target.id} if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else set()


def wheel(name):
    """The wheel of a package in the working directory, where `pip download --no-deps` left it."""
    found = sorted(pathlib.Path.cwd().glob(f"{name}-*.whl"))
    if not found:
        raise SystemExit(f"no wheel of {name} here: pip download --no-deps {name}")
    return found[-1]


def write(name, head, rows):
    path = FOLDER / f"{name}.jsonl"
    lines = [json.dumps(one, ensure_ascii=False) for one in [head, *rows]]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(path.name, len(rows), "answers", path.stat().st_size, "bytes")
