#!/usr/bin/env python3
"""Which source files can be compiled together as one translation unit, and the units themselves.

A file of ours takes two to six seconds, three quarters of it for headers that all files share; twelve files in one unit
take as long as three to six alone. In a unit every file sees the unnamed namespaces of those before it. So two files
share one only when neither uses a name that the other keeps in its unnamed namespace: it could become another thing
without the compiler noticing (an overload that fits better, for example). Headers come first, so that they mean the
same in every unit. A file that defines a macro, has a static function, or writes an unnamed namespace in a form that
is not read here stays alone.

  unity_groups.py FOLDER NAME FILE…    writes FOLDER/NAME_0.cpp and so on, and prints what is to be compiled instead of
                                       the files (cmake/unity.cmake)
"""

import re
import sys
from functools import lru_cache
from pathlib import Path

LARGEST_GROUP = 12
NOISE = re.compile(r'//(?! namespace\n)[^\n]*|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
UNNAMED = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.MULTILINE | re.DOTALL)
NO_DEFINITION = r"^(?!namespace|return|extern|static_assert|#|//|}|using namespace)(?:template <.*> ?)?"
THING = re.compile(  # types and constants
    NO_DEFINITION + r"(?:(?:struct|class|enum(?: class)?|union)\s+(\w+)|using\s+(\w+)\s*=|"
    r"\w[\w:<>,&*\[\] ]*?[ &*](\w+)\s*[={;\[])", re.MULTILINE)
FUNCTION = re.compile(NO_DEFINITION + r"\w[\w:<>,&*\[\] ]*?[ &*](\w+)\s*\(", re.MULTILINE)
NOTHING_BEFORE = r"(?<![\w.])(?<!->)(?<!::)"
WORD = re.compile(NOTHING_BEFORE + r"[A-Za-z_]\w*")
CALL = re.compile(NOTHING_BEFORE + r"([A-Za-z_]\w*)\s*(?:<[^()<>;]*>)?\(")
ANY_UNNAMED = re.compile(r"\bnamespace\s*\{")
LEAKS = re.compile(r"^\s*#\s*define\b|^static\b", re.MULTILINE)
INCLUDED = re.compile(r'^#include "[^"]+"$', re.MULTILINE)


@lru_cache(maxsize=None)
def text_of(path):
    return Path(path).read_text(encoding="utf-8", errors="replace")


@lru_cache(maxsize=None)
def names_of(path):
    """(kept, asked): what the file's unnamed namespaces define, and what unnamed namespaces could be asked for."""
    code = NOISE.sub('""', text_of(path))
    own = "".join(UNNAMED.findall(code))
    things = {name for found in THING.findall(own) for name in found if name}
    functions = {f"{name}()" for name in FUNCTION.findall(own)}
    return things | functions, set(WORD.findall(code)) | {f"{name}()" for name in CALL.findall(code)}


def stays_alone(path):
    """Whether the file has names of its own that `names_of` does not see."""
    code = NOISE.sub('""', text_of(path))
    return bool(LEAKS.search(code)) or len(ANY_UNNAMED.findall(code)) != len(UNNAMED.findall(code))


def groups_of(paths, largest=LARGEST_GROUP):
    """The files in groups of one folder each, in which nobody could take another's own names for what it means."""
    groups = []  # (folder, files, kept, asked)
    for path in sorted(paths):
        folder, (kept, asked) = str(Path(path).parent), names_of(path)
        for group in [] if stays_alone(path) else groups:
            if group[0] == folder and len(group[1]) < largest and not group[2] & asked and not group[3] & kept:
                group[1].append(path)
                group[2].update(kept)
                group[3].update(asked)
                break
        else:
            groups.append((None if stays_alone(path) else folder, [path], set(kept), set(asked)))
    return [files for _, files, _, _ in groups]


def unit_of(files):
    """The text of one unit."""
    headers = sorted({line for path in files for line in INCLUDED.findall(text_of(path))})
    return "\n".join([*headers, *(f'#include "{path}"' for path in files), ""])


def main(folder, name, *paths):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for number, files in enumerate(groups_of(paths)):
        if len(files) == 1:
            print(files[0])
            continue
        unit = Path(folder) / f"{name}_{number}.cpp"
        text = unit_of(files)
        if not unit.exists() or unit.read_text(encoding="utf-8") != text:
            unit.write_text(text, encoding="utf-8")
        print(unit)


if __name__ == "__main__":
    main(*sys.argv[1:])
