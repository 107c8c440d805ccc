"""Which files may share a translation unit (cmake/unity_groups.py)."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(os.environ["ASSAY_SOURCE_DIR"])
sys.path.insert(0, str(SOURCE / "cmake"))
import unity_groups  # noqa: E402

KEEPS_A_FUNCTION = """#include "x/a.h"
namespace x {
namespace {

std::string words_of(const char* text) { return text; }

}  // namespace
}  // namespace x
"""


class Groups(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)

    def groups(self, *texts, largest=12):
        """The indices of the texts, as they are grouped."""
        paths = []
        for number, text in enumerate(texts):
            path = Path(self.place.name) / f"file_{number}.cpp"
            path.write_text(text, encoding="utf-8")
            paths.append(str(path))
        unity_groups.names_of.cache_clear()
        unity_groups.text_of.cache_clear()
        return [[paths.index(path) for path in group] for group in unity_groups.groups_of(paths, largest)]

    def test_files_with_nothing_in_common_share(self):
        self.assertEqual(self.groups(KEEPS_A_FUNCTION, "void f() { g(); }\n", "int h() { return 3; }\n"), [[0, 1, 2]])

    def test_a_call_of_a_name_that_another_keeps_separates(self):
        # The case that made this: an overload of one file fitted the call of another better than the one it meant.
        caller = "void f() { const std::string_view text = words_of(\"x\"); }\n"
        self.assertEqual(self.groups(KEEPS_A_FUNCTION, caller), [[0], [1]])
        self.assertEqual(self.groups(caller, KEEPS_A_FUNCTION), [[0], [1]])

    def test_the_same_name_of_an_object_or_a_namespace_does_not(self):
        for other in ("void f() { a.words_of(1); }\n", "void f() { b->words_of(1); }\n", "void f() { y::words_of(1); }\n",
                      "// words_of(1)\n", "const char* t = \"words_of(1)\";\n", "const char* t = R\"(words_of(1))\";\n",
                      "void f(int words_of) {}\n"):
            self.assertEqual(self.groups(KEEPS_A_FUNCTION, other), [[0, 1]], other)

    def test_types_and_constants_separate_wherever_they_are_named(self):
        for kept in ("struct Row {\n  int a;\n};", "class Row final : public Base {\n};", "enum class Row { a };",
                     "using Row = int;", "constexpr int Row = 3;", "const std::array<int, 2> Row{1, 2};",
                     "template <class T>\nstruct Row {};"):
            text = f"namespace x {{\nnamespace {{\n\n{kept}\n\n}}  // namespace\n}}  // namespace x\n"
            self.assertEqual(self.groups(text, "void f(const Row& r);\n"), [[0], [1]], kept)
            self.assertEqual(self.groups(text, "void f(const y::Row& r);\n"), [[0, 1]], kept)

    def test_two_that_keep_the_same_name_are_apart(self):
        self.assertEqual(self.groups(KEEPS_A_FUNCTION, KEEPS_A_FUNCTION, "int z;\n"), [[0, 2], [1]])

    def test_a_file_with_names_that_are_not_read_stays_alone(self):
        for text in ("#define ROWS 3\n", "  # define ROWS 3\n", "static int rows() { return 3; }\n",
                     "namespace { int rows = 3; }\n", "namespace {\nint rows = 3;\n}\n"):
            self.assertEqual(self.groups(text, "int a;\n", text, "int b;\n"), [[0], [1, 3], [2]], text)
        self.assertEqual(self.groups("int a;  // #define\n", "static_assert(true);\n"), [[0, 1]])

    def test_a_group_has_an_end(self):
        self.assertEqual(self.groups("int a;\n", "int b;\n", "int c;\n", largest=2), [[0, 1], [2]])

    def test_units_begin_with_the_headers_of_all_and_one_file_stays_itself(self):
        (folder := Path(self.place.name) / "in").mkdir()
        (folder / "a.cpp").write_text(KEEPS_A_FUNCTION, encoding="utf-8")
        (folder / "b.cpp").write_text('#include "x/b.h"\nvoid f();\n', encoding="utf-8")
        (folder / "c.cpp").write_text(KEEPS_A_FUNCTION, encoding="utf-8")
        files = [str(folder / name) for name in ("a.cpp", "b.cpp", "c.cpp")]
        made = subprocess.run([sys.executable, SOURCE / "cmake" / "unity_groups.py", folder / "out", "x", *files],
                              capture_output=True, text=True, check=True).stdout.splitlines()
        self.assertEqual(made, [str(folder / "out" / "x_0.cpp"), files[2]])
        self.assertEqual(Path(made[0]).read_text(encoding="utf-8"),
                         f'#include "x/a.h"\n#include "x/b.h"\n#include "{files[0]}"\n#include "{files[1]}"\n')


if __name__ == "__main__":
    unittest.main()
