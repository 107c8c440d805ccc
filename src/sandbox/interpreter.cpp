#include "sandbox/interpreter.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/process.h"
#include "base/text.h"

namespace assay::sandbox {
namespace {

// A name may be a script that chooses an interpreter; sys.executable is what runs in the end.
constexpr const char* kQuestion =
    "import json, os, sys\n"
    "print(json.dumps({'executable': os.path.realpath(sys.executable), 'prefix': sys.base_prefix,"
    " 'library': os.path.dirname(os.path.realpath(os.__file__)),"
    " 'version': '%d.%d.%d' % sys.version_info[:3], 'new': sys.version_info >= (3, 9)}))";

Error no_python(const std::string& name, const std::string& why) {
  return {.code = Code::not_found,
          .where = {},
          .found = fmt::format("no Python interpreter: '{}' {}", printable(name, 200), why),
          .expected = "Python 3.9 or later",
          .remedy = "Install python3, or name another one with --python or ASSAY_PYTHON"};
}

}  // namespace

Result<Interpreter> find_interpreter(const std::string& name) {
  auto process = Process::start({name, "-I", "-S", "-c", kQuestion});
  if (!process) return fail(no_python(name, "does not start"));
  SystemClock clock;
  const auto line = (*process)->read_line(clock.now() + std::chrono::seconds(20));
  const auto said = parse_json(line ? line->text : std::string());
  if (!said || !said->is_object()) return fail(no_python(name, "does not answer as Python does"));
  const auto text = [&](const char* key) {
    const auto at = said->find(key);
    return at != said->end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  Interpreter found{.executable = text("executable"),
                    .prefix = text("prefix"),
                    .library = text("library"),
                    .version = text("version")};
  const auto fresh = said->find("new");
  if (found.executable.empty() || fresh == said->end() || !fresh->is_boolean())
    return fail(no_python(name, "does not answer as Python does"));
  if (!fresh->get<bool>()) return fail(no_python(name, "is Python " + printable(found.version, 20)));
  return found;
}

}  // namespace assay::sandbox
