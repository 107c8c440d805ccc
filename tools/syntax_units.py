"""What tools/tidy and tools/portable share: every C++ file of ours with the command of build/tidy, looked at in groups of
files, and a memory of what passed.

A group that passed is remembered by all that was seen: the tool's version and options, the command, and every file that it
includes. The memory lies beside the engine cache and is only ever a speed-up.
"""

import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "cmake"))
from unity_groups import groups_of  # noqa: E402  # files of a folder are looked at together, ten times less for the whole
BUILD = Path(os.environ.get("ASSAY_TIDY_BUILD") or ROOT / "build" / "tidy").resolve()
CACHE = Path(os.environ.get("ASSAY_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay")
JOBS = int(os.environ.get("ASSAY_TIDY_JOBS") or os.cpu_count())


def commands(program):
    """{file: its entry of the compilation database}."""
    database = BUILD / "compile_commands.json"
    if not database.exists():
        sys.exit(f"{program}: {database.relative_to(ROOT)} is not there; run first: cmake --preset tidy")
    entries = {}
    for entry in json.loads(database.read_text()):
        entries.setdefault(entry["file"], entry)
    return entries


def top_of(path):
    return os.path.relpath(path, ROOT).split(os.sep)[0]


def flags_of(entry):
    """(compiler, its options without what belongs to one file or to g++ alone)"""
    kept, skip = [], False
    command = shlex.split(entry["command"])
    while Path(command[0]).name in ("ccache", "sccache"):
        command.pop(0)
    for part in command[1:]:
        if skip:
            skip = False
        elif part in ("-o", "-MF", "-MT"):
            skip = True
        elif part not in ("-c", "-MD", "-MMD", entry["file"]):
            kept.append(part)
    return command[0], kept + ["-Wno-unknown-warning-option", "-Wno-ignored-optimization-argument"]


def dependencies(compiler, flags, directory, files):
    """Every file that the compiler reads for these, from the compiler itself; absent when it cannot."""
    made = subprocess.run([compiler, *flags, "-M", "-MT", "x", *files], cwd=directory, capture_output=True, text=True)
    if made.returncode != 0:
        return None
    return sorted({name for name in shlex.split(made.stdout.replace("\\\n", " ")) if name != "x:"})


_digests = {}


def digest(path):
    if path not in _digests:
        _digests[path] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return _digests[path]


class Tool:
    """One way to look at files. `told` is whatever changes its answer beside the files and their command."""

    name = ""
    told = ()

    def compiler_of(self, entry):
        """(compiler, options) that find the included files."""
        return flags_of(entry)

    def look(self, entry, files):
        """What the tool says of these files together; empty when nothing."""
        raise NotImplementedError

    def is_of_the_group(self, said):
        """Whether it may come of looking at files together, so that each is looked at alone."""
        return False

    @property
    def memory(self):
        return CACHE / self.name

    def unit_of(self, files):
        """One file that includes these."""
        if len(files) == 1:
            return files[0]
        name = hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]
        unit = BUILD / self.name / f"{name}.cpp"
        unit.parent.mkdir(parents=True, exist_ok=True)
        unit.write_text("".join(f'#include "{file}"\n' for file in files), encoding="utf-8")
        return str(unit)

    def key_of(self, entry, files):
        compiler, flags = self.compiler_of(entry)
        needed = dependencies(compiler, flags, entry["directory"], files)
        if needed is None:
            return None
        hasher = hashlib.sha256()
        # The checkout's own place does not matter: a second clone on this machine profits from the first.
        hasher.update("\0".join([*self.told, " ".join(flags), " ".join(files)]).replace(str(ROOT), "@").encode())
        for name in needed:
            path = os.path.normpath(os.path.join(entry["directory"], name))
            hasher.update(f"{path} {digest(path)}\n".replace(str(ROOT), "@").encode())
        return hasher.hexdigest()

    def examine(self, entries, files):
        """(what it found, number of files that were remembered)"""
        entry = entries[files[0]]
        key = self.key_of(entry, files)
        stamp = self.memory / key if key else None
        if stamp and stamp.exists():
            return "", len(files)
        said = self.look(entry, files)
        if len(files) > 1 and self.is_of_the_group(said):
            said = "\n".join(filter(None, (self.look(entries[file], [file]) for file in files)))
        if not said and stamp:
            self.memory.mkdir(parents=True, exist_ok=True)
            stamp.touch()
        return said, 0

    def examine_all(self, entries):
        """Prints what is found in each group; the number of files that were remembered, and whether all are good."""
        alike = {}  # a group has one command, so files of tests are not beside those of the product
        for path, entry in entries.items():
            alike.setdefault(" ".join(flags_of(entry)[1]), []).append(path)
        groups = [group for paths in alike.values() for group in groups_of(paths)]
        remembered, good = 0, bool(entries)
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            for said, old in pool.map(lambda files: self.examine(entries, files), groups):
                remembered += old
                if said:
                    good = False
                    print(f"{said}\n".replace(str(ROOT) + "/", ""), flush=True)
        print(f"{self.name}: {len(entries)} files, {remembered} of them unchanged since they passed; "
              f"{'nothing found' if good else 'findings above'}")
        return good
