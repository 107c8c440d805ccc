#include "suite/cases.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "base/text.h"
#include "record/template.h"
#include "suite/case.h"
#include "suite/case_file.h"
#include "suite/files.h"
#include "suite/task.h"

namespace assay::suite {
namespace {

constexpr std::size_t kMaxProductBytes = 1U << 30U;

struct Axis {
  std::string name;
  std::vector<record::Value> values;
};

std::vector<Axis> read_matrix(Reader& reader, Node node) {
  std::vector<Axis> axes;
  if (!reader.is_mapping(node, "matrix")) return axes;
  for_each_pair(node, [&](Node key, Node list) {
    if (!record::is_variable_name(key.text())) {
      reader.error(key.where(), fmt::format("'{}' as a variable's name", printable(key.text(), 60)),
                   "letters, digits, '_', '-' and '.'", "Rename it");
      return;
    }
    if (!list.is(Kind::list) || list.count() == 0) {
      reader.error(list.where(),
                   fmt::format("matrix variable '{}' is {}", key.text(),
                               list.is(Kind::list) ? "an empty list" : shown(list)),
                   "a list with at least one value", fmt::format("Write: {}: [a, b]", key.text()));
      return;
    }
    Axis axis{.name = std::string(key.text()), .values = {}};
    for_each_item(list, [&](Node item) { axis.values.push_back(value_of(item)); });
    axes.push_back(std::move(axis));
  });
  if (node.count() == 0)
    reader.error(node.where(), "matrix is empty", "variables with lists of values", "Remove it, or fill it");
  return axes;
}

std::size_t bytes_of(const record::Value& value) {
  std::size_t bytes = sizeof(record::Value) + value.text.size();
  for (const record::Value& item : value.items) bytes += bytes_of(item);
  for (const std::string& key : value.keys) bytes += sizeof(std::string) + key.size();
  return bytes;
}

/// Number of cases of the product, or absent beyond the limits: a million cases, and what they take in
/// memory, because a few lines with long texts could ask for more than any machine has.
std::optional<std::size_t> combinations(const std::vector<Axis>& axes, std::size_t cases) {
  std::size_t total = cases;
  std::size_t bytes_each = sizeof(record::Case);
  for (const Axis& axis : axes) {
    if (axis.values.size() > kMaxCases || total * axis.values.size() > kMaxCases) return std::nullopt;
    total *= axis.values.size();
    std::size_t bytes = 0;
    for (const record::Value& value : axis.values) bytes += bytes_of(value);
    bytes_each += bytes / axis.values.size() + sizeof(std::string) + axis.name.size();
  }
  if (total * bytes_each > kMaxProductBytes) return std::nullopt;
  return total;
}

/// One case with the values of one combination. Combination n counts like a number whose last digit is the
/// last axis.
record::Case combined(const record::Case& base, const std::vector<Axis>& axes, std::size_t n) {
  std::vector<const record::Value*> values(axes.size());
  for (std::size_t i = axes.size(); i-- > 0;) {
    values[i] = &axes[i].values[n % axes[i].values.size()];
    n /= axes[i].values.size();
  }
  record::Case test = base;
  std::string suffix;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    test.vars.emplace_back(axes[i].name, *values[i]);
    suffix += fmt::format("{}{}={}", i == 0 ? "" : ",", axes[i].name, printable(as_text(*values[i]), 40));
  }
  if (!test.id.empty()) test.id += "[" + suffix + "]";
  return test;
}

void multiply(Reader& reader, Node matrix, const std::vector<Axis>& axes, std::vector<record::Case>& cases) {
  if (axes.empty()) {  // wrong, and said so
    cases.clear();
    return;
  }
  const std::optional<std::size_t> total = combinations(axes, cases.size());
  if (!total) {
    cases.clear();
    reader.error(matrix.where(),
                 fmt::format("a matrix that makes more than {} cases, or 1 GiB of them", kMaxCases), "fewer",
                 "Shorten a list, or put the cases into a file");
    return;
  }
  for (const record::Case& base : cases) {
    for (const auto& [name, value] : base.vars) {
      for (const Axis& axis : axes) {
        if (axis.name != name) continue;
        reader.error(base.where, fmt::format("variable '{}' is in the case and in the matrix", name),
                     "it in one of them", "Remove one");
      }
    }
  }
  std::vector<record::Case> product;
  product.reserve(*total);
  const std::size_t each = cases.empty() ? 0 : *total / cases.size();
  for (const record::Case& base : cases) {
    for (std::size_t n = 0; n < each; ++n) product.push_back(combined(base, axes, n));
  }
  cases = std::move(product);
}

void read_source(Reader& reader, Node node, record::Suite& suite) {
  constexpr std::array<std::string_view, 1> kSourceKeys{"file"};
  reader.check_keys(node, kSourceKeys, "cases");
  const Node file = node.find("file");
  if (!file) {
    reader.error(node.where(), "cases is a mapping without 'file'", "a list of cases or {file: …}",
                 "Write: cases: {file: cases.jsonl}");
    return;
  }
  if (const auto path = existing_file(reader, file, "file"))
    read_case_file(reader, *path, file.where(), suite.cases);
}

void read_list(Reader& reader, Node node, record::Suite& suite) {
  suite.cases.reserve(std::min<std::size_t>(node.count(), kMaxCases));
  for_each_item(node, [&](Node item) {
    if (suite.cases.size() == kMaxCases) return;
    if (auto test = read_case(reader, item)) suite.cases.push_back(*std::move(test));
  });
  if (node.count() > kMaxCases) {
    reader.error(node.where(), fmt::format("{} cases", node.count()), fmt::format("at most {}", kMaxCases),
                 "Split the suite");
  }
}

}  // namespace

/// Explicit ids must differ. Equal content gets a number, and a warning: equal cases are not independent
/// evidence.
void give_ids(Reader& reader, record::Suite& suite) {
  std::unordered_map<std::string, const record::Case*> taken;
  taken.reserve(suite.cases.size());
  for (record::Case& test : suite.cases) {
    if (test.id.empty()) continue;
    const auto [at, fresh] = taken.emplace(test.id, &test);
    if (fresh) continue;
    const Location& first = at->second->where;
    const std::string file = first.file == test.where.file ? std::string{} : first.file + ":";
    reader.error(test.where,
                 fmt::format("case id '{}' is already used at {}{}:{}", printable(test.id, 60), file,
                             first.line, first.column),
                 "a unique id", "Rename one");
  }
  for (record::Case& test : suite.cases) {
    if (!test.id.empty()) continue;
    const std::string base = content_id(test, reader.folder);
    std::string id = base;
    for (int n = 2; !taken.emplace(id, &test).second; ++n) {
      if (n == 2) {
        const Location& first = taken.at(base)->where;
        reader.warning(
            test.where,
            fmt::format("this case has the same content as the one at {}:{}", first.line, first.column),
            "different cases", "Remove it, or use repeats");
      }
      id = fmt::format("{}-{}", base, n);
    }
    test.id = std::move(id);
  }
}

void read_cases(Reader& reader, Node suite_node, record::Suite& suite) {
  const Node cases = suite_node.find("cases");
  const Node matrix = suite_node.find("matrix");
  const std::size_t errors_before = reader.error_count();
  if (cases && cases.is(Kind::list)) {
    read_list(reader, cases, suite);
  } else if (task_node(suite_node)) {
    read_task(reader, suite_node, suite);
  } else if (cases && cases.is(Kind::mapping)) {
    read_source(reader, cases, suite);
  } else if (cases) {
    const std::string remedy = cases.is(Kind::text)
                                   ? fmt::format("Write: cases: {{file: {}}}", printable(cases.text(), 60))
                                   : std::string{};
    reader.error(cases.where(), fmt::format("cases is {}", shown(cases)), "a list of cases or {file: …}",
                 remedy);
  } else if (matrix) {
    suite.cases.emplace_back().where = matrix.where();
  }
  if (matrix) multiply(reader, matrix, read_matrix(reader, matrix), suite.cases);
  if (suite.cases.empty() && reader.error_count() == errors_before) {
    reader.error(cases ? cases.where() : suite_node.where(), "no cases", "at least one",
                 "Write: cases: [{}] for a prompt without variables");
  }
  give_ids(reader, suite);
}

}  // namespace assay::suite
