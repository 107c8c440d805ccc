// Suite files and case files. What loads, loads again equal from its normalised form; what is refused says
// where.
//
// Suites of Benchy (benchy_*) take the other way through YAML, and come back in assay's form.
//
// An input that begins with a line `#csv` or `#jsonl` is a case file of a suite made here; one that begins
// with
// `#list` is a list of texts in the cell of a table, which comes back from what Python would print of it;
// anything else is a suite.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/check.h"
#include "suite/load.h"
#include "suite/text_list.h"
#include "suite/write.h"
#include "testing/places.h"

namespace {

using namespace assay;
using record::OptionKind;

const record::Catalogue& catalogue() {
  static const record::Catalogue known{
      .evaluators = {{"equals", "", {}},
                     {"json-equals", "", {}},
                     {"raw_string_evaluator", "", {}},
                     {"json_validator_eval", "", {}},
                     {"execute_python_code_with_num_output", "", {}},
                     {"execute_python_code_with_string_output", "", {}},
                     {"numeric",
                      "",
                      {{"pick", OptionKind::choice, "first|last", ""}, {"abs", OptionKind::number, {}, ""}}},
                     {"any",
                      "",
                      {{"x", OptionKind::any, {}, ""},
                       {"list", OptionKind::text_list, {}, ""},
                       {"n", OptionKind::whole, {}, ""},
                       {"b", OptionKind::boolean, {}, ""}}}},
      .filters = {{"trim", "", {}}, {"number", "", {{"pick", OptionKind::choice, "first|last", ""}}}},
      .engines = {{"fake", "", {}}, {"llama", "", {}, true}, {"openai", "", {}}},
      .try_check = {},
      .try_filter = {},
      .try_suite = {},
  };
  return known;
}

void check_outcome(const suite::LoadOutcome& first, const std::string& path) {
  CHECK(first.suite.has_value() == first.errors.empty());
  for (const Error& error : first.errors) {
    CHECK(!error.found.empty());
    // A file that cannot be read has only its name: here one that begins as gzip does and is not.
    const bool unreadable = error.where.line == 0 && !error.where.file.empty() && error.where.file != path;
    CHECK(unreadable || (error.where.line > 0 && error.where.column > 0));
  }
  for (const Error& warning : first.warnings) CHECK(warning.where.line > 0);
  if (!first.suite) return;
  const std::string written = suite::write(*first.suite);
  const suite::LoadOutcome again = suite::load(written, path, catalogue());
  if (!again.suite) std::fprintf(stderr, "%s\n%s\n", message(again.errors.front()).c_str(), written.c_str());
  CHECK(again.suite.has_value());
  const bool equal = testing::without_places(*again.suite) == testing::without_places(*first.suite);
  if (!equal)
    std::fprintf(stderr, "%s\n--- and again ---\n%s\n", written.c_str(), suite::write(*again.suite).c_str());
  CHECK(equal);
}

/// A case file of its own for each fuzzing process.
void try_case_file(std::string_view ending, std::string_view bytes) {
  static const std::string folder =
      (std::filesystem::temp_directory_path() / fmt::format("assay-fuzz-{}", ::getpid())).string();
  std::filesystem::create_directories(folder);
  const std::string name = fmt::format("cases.{}", ending);
  std::ofstream(folder + "/" + name, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const std::string suite = fmt::format("assay: 1\nprompt: x\nevaluate: equals\ncases: {{file: {}}}\n", name);
  check_outcome(suite::load(suite, folder + "/suite.yaml", catalogue()), folder + "/suite.yaml");
}

/// The list as Python prints it, every byte beyond ASCII as it is.
std::string printed(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ", ";
    out += '\'';
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\'' || c == '\\') out += '\\';
      out += byte < 0x20 ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
    }
    out += '\'';
  }
  return out + "]";
}

void try_list(std::string_view text) {
  const auto texts = suite::texts_of_list(text);
  if (texts) CHECK(suite::texts_of_list(printed(*texts)) == texts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string_view ending : {"csv", "jsonl"}) {
    const std::string mark = fmt::format("#{}\n", ending);
    if (!text.starts_with(mark)) continue;
    try_case_file(ending, text.substr(mark.size()));
    return 0;
  }
  if (constexpr std::string_view kList = "#list\n"; text.starts_with(kList)) {
    try_list(text.substr(kList.size()));
    return 0;
  }
  check_outcome(suite::load(text, "fuzz/suite.yaml", catalogue()), "fuzz/suite.yaml");
  return 0;
}
