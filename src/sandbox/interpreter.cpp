#include "sandbox/interpreter.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"

namespace assay::sandbox {
namespace {

// A name may be a script that chooses an interpreter; sys.executable is what runs in the end.
constexpr const char* kQuestion =
    "import json, os, sys\n"
    "print(json.dumps({'executable': os.path.realpath(sys.executable), 'prefix': sys.base_prefix,"
    " 'version': '%d.%d.%d' % sys.version_info[:3], 'new': sys.version_info >= (3, 9)}))";

Error no_python(const std::string& name, std::string why) {
  return {.code = Code::not_found,
          .where = {},
          .found = fmt::format("no Python interpreter: '{}' {}", name, why),
          .expected = "Python 3.9 or later",
          .remedy = "Install python3"};
}

}  // namespace

Result<Interpreter> find_interpreter(const std::string& name) {
  auto process = Process::start({name, "-I", "-S", "-c", kQuestion});
  if (!process) return fail(no_python(name, "does not start"));
  SystemClock clock;
  const auto line = (*process)->read_line(clock.now() + std::chrono::seconds(20));
  const auto said = parse_json(line ? line->text : std::string());
  if (!said || !said->is_object()) return fail(no_python(name, "does not answer as Python does"));
  Interpreter found{.executable = said->value("executable", ""),
                    .prefix = said->value("prefix", ""),
                    .version = said->value("version", "")};
  if (!said->value("new", false)) return fail(no_python(name, "is Python " + found.version));
  return found;
}

}  // namespace assay::sandbox
