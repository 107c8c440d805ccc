#include "suite/reader.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <fmt/format.h>

#include "base/duration.h"
#include "base/text.h"

namespace assay::suite {
namespace {

// Nobody reads the 101st message of a file; a data file with a wrong column would give one for every line. A
// few more are kept than shown, so that the order of the file decides which are shown.
constexpr std::size_t kMaxKept = 10'000;
constexpr std::size_t kMaxShown = 100;

}  // namespace

std::string shown(Node node) {
  switch (node.kind()) {
    case Kind::null: return "empty";
    case Kind::text: return fmt::format("'{}' (text)", printable(node.text(), 60));
    case Kind::boolean:
    case Kind::number: return printable(node.text(), 60);
    case Kind::list:
    case Kind::mapping: return std::string(name_of(node.kind()));
  }
  return {};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  if (word.size() < 3) return {};  // every short word is near to every other
  const std::string name = nearest(word, known);
  return name.empty() ? std::string{} : fmt::format("Did you mean '{}'?", name);
}

void Reader::error(const Location& where, std::string found, std::string expected, std::string remedy,
                   Code code) {
  error_at(where, {.code = code,
                   .where = {},
                   .found = std::move(found),
                   .expected = std::move(expected),
                   .remedy = std::move(remedy)});
}

void Reader::error_at(const Location& where, Error error) {
  if (errors.size() >= kMaxKept) {
    ++uncounted_;
    return;
  }
  error.where = where;
  errors.push_back(std::move(error));
}

void Reader::warning(const Location& where, std::string found, std::string expected, std::string remedy) {
  if (warnings.size() >= kMaxShown) return;
  warnings.push_back({.code = Code::bad_input,
                      .where = where,
                      .found = std::move(found),
                      .expected = std::move(expected),
                      .remedy = std::move(remedy)});
}

void Reader::finish() {
  const auto in_order = [](const Error& a, const Error& b) {
    return std::tie(a.where.file, a.where.line, a.where.column) <
           std::tie(b.where.file, b.where.line, b.where.column);
  };
  std::stable_sort(errors.begin(), errors.end(), in_order);
  // Several checks may find the same fault in a case.
  const auto same = [](const Error& a, const Error& b) { return a.where == b.where && a.found == b.found; };
  errors.erase(std::unique(errors.begin(), errors.end(), same), errors.end());
  std::stable_sort(warnings.begin(), warnings.end(), in_order);
  const std::size_t total = error_count();
  if (total <= kMaxShown) return;
  errors.resize(kMaxShown);
  Error rest = errors.back();
  rest.found = fmt::format("{} more errors behind this one", total - kMaxShown);
  rest.expected.clear();
  rest.remedy = "Repair these first";
  errors.push_back(std::move(rest));
  uncounted_ = 0;
}

void Reader::wrong_type(Node node, std::string_view name, std::string expected, std::string remedy) {
  error(node.where(), fmt::format("{} is {}", name, shown(node)), std::move(expected), std::move(remedy));
}

bool Reader::is_mapping(Node node, std::string_view name) {
  if (node.is(Kind::mapping)) return true;
  wrong_type(node, name, "a mapping");
  return false;
}

bool Reader::is_list(Node node, std::string_view name) {
  if (node.is(Kind::list)) return true;
  wrong_type(node, name, "a list");
  return false;
}

void Reader::check_keys(Node mapping, std::span<const std::string_view> known, std::string_view what) {
  for_each_pair(mapping, [&](Node key, Node) {
    if (std::find(known.begin(), known.end(), key.text()) != known.end()) return;
    const std::vector<std::string> names(known.begin(), known.end());
    error(key.where(), fmt::format("unknown key '{}' in {}", printable(key.text(), 60), what),
          "one of: " + join(names, ", "), did_you_mean(key.text(), names));
  });
}

std::optional<std::string> Reader::text(Node node, std::string_view name) {
  if (node.is(Kind::text)) return std::string(node.text());
  const bool quotable = node.is(Kind::number) || node.is(Kind::boolean);
  wrong_type(node, name, "text", quotable ? fmt::format("Write: \"{}\"", node.text()) : std::string{});
  return std::nullopt;
}

std::optional<std::string> Reader::label(Node node, std::string_view name) {
  if (node.is(Kind::text) || node.is(Kind::number) || node.is(Kind::boolean)) return std::string(node.text());
  wrong_type(node, name, "text");
  return std::nullopt;
}

std::optional<std::vector<std::string>> Reader::labels(Node node, std::string_view name) {
  if (!node.is(Kind::list)) {
    if (auto one = label(node, name)) return std::vector{*std::move(one)};
    return std::nullopt;
  }
  std::vector<std::string> all;
  bool good = true;
  for_each_item(node, [&](Node item) {
    auto one = label(item, name);
    good = good && one.has_value();
    if (one) all.push_back(*std::move(one));
  });
  if (!good) return std::nullopt;
  return all;
}

std::optional<bool> Reader::boolean(Node node, std::string_view name) {
  if (node.is(Kind::boolean)) return lower_ascii(node.text()) == "true";
  wrong_type(node, name, "true or false");
  return std::nullopt;
}

std::optional<double> Reader::real(Node node, std::string_view name, double least, double greatest) {
  const Json value = node.is(Kind::number) ? json_of(node) : Json();
  if (value.is_number() && value.get<double>() >= least && value.get<double>() <= greatest)
    return value.get<double>();
  wrong_type(node, name, fmt::format("a number from {:.10g} to {:.10g}", least, greatest));
  return std::nullopt;
}

std::optional<int> Reader::whole(Node node, std::string_view name, int least, int greatest) {
  const Json value = node.is(Kind::number) ? json_of(node) : Json();
  if (value.is_number()) {
    const auto number = value.get<double>();
    if (number >= least && number <= greatest && number == std::floor(number))
      return static_cast<int>(number);
  }
  wrong_type(node, name, fmt::format("a whole number from {} to {}", least, greatest),
             fmt::format("Write: {}: {}", name, std::max(least, 1)));
  return std::nullopt;
}

std::optional<Nanos> Reader::duration(Node node, std::string_view name) {
  if (node.is(Kind::number) && node.text() == "0") return Nanos{0};
  if (node.is(Kind::text)) {
    if (const auto value = parse_duration(node.text())) return value;
  }
  const bool unitless = node.is(Kind::number);
  wrong_type(node, name, "a time with its unit (ms, s, min, h)",
             fmt::format("Write: {}: {}s", name, unitless ? printable(node.text(), 20) : "30"));
  return std::nullopt;
}

std::optional<std::size_t> Reader::choice(Node node, std::string_view name,
                                          std::initializer_list<std::string_view> words) {
  if (node.is(Kind::text)) {
    const auto at = std::find(words.begin(), words.end(), node.text());
    if (at != words.end()) return static_cast<std::size_t>(at - words.begin());
  }
  const std::vector<std::string> names(words.begin(), words.end());
  wrong_type(node, name, "one of: " + join(names, ", "),
             node.is(Kind::text) ? did_you_mean(node.text(), names) : std::string{});
  return std::nullopt;
}

}  // namespace assay::suite
