#include "cli/render.h"

#include "base/check.h"
#include "base/file.h"
#include "cli/shell.h"
#include "report/report.h"

namespace assay::cli {

bool terminal_takes_unicode() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const auto value = environment(name)) return *value != "C" && *value != "POSIX";
  }
  return true;  // nothing set, as in a fresh container: nearly every terminal today is UTF-8
}

std::string render_summary(const stats::Summary& summary, std::string_view format) {
  const report::Format* entry = report::find_format(format);
  CHECK(entry != nullptr);
  return entry->render(summary, {.width = static_cast<std::size_t>(terminal_width()),
                                 .colour = use_colour_on_stdout(),
                                 .unicode = terminal_takes_unicode()});
}

}  // namespace assay::cli
