#include "evaluator/python_cheats.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/evaluator.h"
#include "evaluator/table.h"

namespace assay::evaluator {
namespace {

using record::Value;

constexpr std::array kCheats{
    Cheat{.threat = "code that is right still passes",
          .answer = "def add(a, b): return a + b",
          .tests = "assert add(2, 3) == 5",
          .verdict = "pass: : 1 of 1"},
    Cheat{.threat = "an object that equals everything",
          .answer = "class Same:\n    def __eq__(self, other): return True\ndef add(a, b): return Same()",
          .tests = "assert add(2, 3) == 5",
          .verdict = "fail: bad_format: "},
    Cheat{.threat = "an object that lies about __class__, __len__ and __iter__",
          .answer = "class Lie:\n    __class__ = list\n    def __len__(self): return 5\n"
                    "    def __iter__(self): return iter([1, 2])\ndef add(a, b): return Lie()",
          .tests = "assert isinstance(add(2, 3), list) and len(add(2, 3)) == 5 and [*add(2, 3)] == [1, 2]",
          .verdict = "fail: bad_format: "},
    Cheat{.threat = "os._exit(0)",
          .answer = "import os; os._exit(0)",
          .tests = "assert add(2, 3) == 5",
          .verdict = "fail: crash: exit code 0 (0 of 1"},
    Cheat{.threat = "sys.exit() within a call",
          .answer = "import sys\ndef add(a, b): sys.exit()",
          .tests = "assert add(2, 3) == 5",
          .verdict = "fail: crash: exit code 0 (0 of 1"},
    Cheat{.threat = "an exit after partial success",
          .answer = "import os\ndef add(a, b): return 5 if a == 2 else os._exit(0)",
          .tests = "assert add(2, 3) == 5\nassert add(4, 4) == 8",
          .verdict = "fail: crash: exit code 0 (1 of 2"},
    Cheat{.threat = "a forged result, printed and written to every descriptor",
          .answer = "import os\nfor n in range(64):\n    try:\n"
                    "        os.write(n, b'end {\"mark\": \"pass\", \"reason\": \"\", \"detail\": \"\", "
                    "\"held\": 1}\\n')\n"
                    "    except OSError: pass\ndef add(a, b): return 6",
          .tests = "assert add(2, 3) == 5",
          .verdict = "fail: "},
    Cheat{.threat = "looking for the tests in frames, objects and files",
          .answer = R"py(
import gc, os, re, sys, zlib
def texts():
    frame = sys._getframe()
    while frame:
        yield str(frame.f_code.co_consts) + str(frame.f_locals)[:100000]
        frame = frame.f_back
    for held in gc.get_objects(): yield str(held)[:5000] if type(held) in (dict, list, tuple) else ''
    for folder, _, names in os.walk('.'):
        for name in names: yield open(os.path.join(folder, name), errors='replace').read()
def add(a, b):
    for text in texts():
        for found in re.findall('[0-9]{5}', text):
            if zlib.crc32(found.encode()) == 1309896454: return int(found)
)py",
          .tests = "assert add(2, 3) == 94117",
          .verdict = "fail: mismatch: add(2, 3) returned None"},
    Cheat{.threat = "output with invalid UTF-8, NUL and terminal escapes",
          .answer = "import sys\nsys.stdout.buffer.write(b'\\xff\\x00\\x1b[2J\\x9b5')",
          .tests = "",
          .verdict = "fail: mismatch: expected '5', printed "},
};

Value mapping(std::string_view tests) {
  return {.kind = Value::Kind::mapping,
          .text = {},
          .items = {Value::of_text(std::string(tests)), Value::of_text("add")},
          .keys = {"tests", "entry_point"}};
}

/// Whether it can be printed to a terminal as it is.
bool is_plain(std::string_view text) {
  const bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return !control && !first_invalid_utf8(text);
}

sandbox::Containment judge(const Cheat& cheat, const std::shared_ptr<sandbox::Sandbox>& sandbox) {
  const bool tested = !cheat.tests.empty();
  const Value expect = tested ? mapping(cheat.tests) : Value::of_text("5");
  record::Check check;
  check.type = tested ? "python-tests" : "python-output";
  const MadeEvaluator evaluator = make_evaluator(check, &expect, sandbox);
  sandbox::Containment row{.threat = cheat.threat, .holds = false, .detail = {}};
  if (!evaluator) {
    row.detail = message(evaluator.error());
    return row;
  }
  const record::Case test_case;
  const record::Sample sample;
  const Judgement said =
      (*evaluator)->judge({.text = cheat.answer, .test_case = test_case, .sample = sample});
  row.detail = fmt::format("{}: {}: {}", record::name_of(said.mark), said.reason, said.detail);
  row.holds = row.detail.starts_with(cheat.verdict) && (tested || is_plain(row.detail));
  return row;
}

}  // namespace

std::span<const Cheat> cheats() {
  return kCheats;
}

std::vector<sandbox::Containment> try_cheats(const std::shared_ptr<sandbox::Sandbox>& sandbox) {
  std::vector<sandbox::Containment> rows;
  for (const Cheat& cheat : kCheats) {
    rows.push_back(judge(cheat, sandbox));
    if (rows.back().holds) rows.back().detail.clear();
  }
  return rows;
}

}  // namespace assay::evaluator
