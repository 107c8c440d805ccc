#include "base/result.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "base/check.h"

namespace assay {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string sentence(const Error& error) {
  std::string text = error.found;
  if (!error.expected.empty()) text += "; expected " + error.expected;
  if (!error.remedy.empty()) text += ". " + error.remedy;
  return text;
}

Error bad_input(std::string found, std::string expected, std::string remedy) {
  return {.code = Code::bad_input,
          .where = {},
          .found = std::move(found),
          .expected = std::move(expected),
          .remedy = std::move(remedy)};
}

std::string message(const Error& error) {
  const Location& at = error.where;
  std::string place;
  if (!at.file.empty()) {
    place = at.file;
    if (at.line > 0) place += fmt::format(":{}:{}", at.line, std::max(at.column, 1));
    place += ": ";
  }
  return place + sentence(error);
}

std::string_view name_of(Code code) {
  switch (code) {
    case Code::bad_input: return "bad_input";
    case Code::not_found: return "not_found";
    case Code::permission: return "permission";
    case Code::unavailable: return "unavailable";
    case Code::unsupported: return "unsupported";
    case Code::io: return "io";
    case Code::engine: return "engine";
    case Code::out_of_memory: return "out_of_memory";
    case Code::timeout: return "timeout";
    case Code::conflict: return "conflict";
    case Code::internal: return "internal";
  }
  return "internal";
}

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  // A third of the length, at least one edit: 'temperture' finds 'temperature', 'x' does not find 'seed'.
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = limit + 1;
  std::string name;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best) {
      best = distance;
      name = candidate;
    }
  }
  return name;
}

void check_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "assay: broken promise: %s (%s:%d). This is a bug in assay; please report it.\n", what,
               file, line);
  std::abort();
}

}  // namespace assay
