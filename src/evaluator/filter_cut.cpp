// Filters that keep a part of the text: first-line, last-line, stop-at, before, after.
#include "evaluator/filters.h"

#include <algorithm>

#include <fmt/format.h>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// Lines end at LF, CR LF or CR. A text of blank lines only has no line when those are skipped; an empty text
/// is an empty line, so that `allow_empty` keeps its meaning.
class LineFilter final : public TextFilter {
 public:
  LineFilter(bool last, bool skip_blank) : last_(last), skip_blank_(skip_blank) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    if (text.empty()) return Filtered::part(text);
    return last_ ? from_end(text) : from_start(text);
  }

 private:
  bool counts(std::string_view line) const { return !skip_blank_ || !trim_space(line).empty(); }

  Filtered from_start(std::string_view text) const {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
      if (counts(text.substr(at, end - at))) return Filtered::part(text.substr(at, end - at));
      const bool crlf = text.substr(end).starts_with("\r\n");
      at = end + (crlf ? 2 : 1);
    }
    return Filtered::none();
  }

  Filtered from_end(std::string_view text) const {
    for (std::size_t end = text.size();;) {
      const std::size_t mark = end == 0 ? kNowhere : text.find_last_of("\r\n", end - 1);
      const std::size_t begin = mark == kNowhere ? 0 : mark + 1;
      if (counts(text.substr(begin, end - begin))) return Filtered::part(text.substr(begin, end - begin));
      if (mark == kNowhere) return Filtered::none();
      const bool crlf = text[mark] == '\n' && mark > 0 && text[mark - 1] == '\r';
      end = crlf ? mark - 1 : mark;
    }
  }

  bool last_;
  bool skip_blank_;
};

class StopFilter final : public TextFilter {
 public:
  explicit StopFilter(std::vector<std::string> stops) : stops_(std::move(stops)) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    std::size_t end = text.size();
    for (const std::string& stop : stops_) end = std::min(end, text.find(stop));
    return Filtered::part(text.substr(0, end));
  }

 private:
  std::vector<std::string> stops_;
};

struct MarkerRules {
  std::string marker;
  bool after = false;
  bool last = false;
  bool whole_without = true;
};

class MarkerFilter final : public TextFilter {
 public:
  explicit MarkerFilter(MarkerRules rules) : rules_(std::move(rules)) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    const std::size_t at = rules_.last ? text.rfind(rules_.marker) : text.find(rules_.marker);
    if (at == kNowhere) return rules_.whole_without ? Filtered::part(text) : Filtered::none();
    return Filtered::part(rules_.after ? text.substr(at + rules_.marker.size()) : text.substr(0, at));
  }

 private:
  MarkerRules rules_;
};

}  // namespace

MadeFilter make_line(std::string_view name, const record::Value& options) {
  return std::make_unique<LineFilter>(name == "last-line", Options(options).boolean("skip_blank", true));
}

MadeFilter make_stop_at(std::string_view /*name*/, const record::Value& options) {
  std::vector<std::string> stops = Options(options).texts("strings", {});
  if (stops.empty() ||
      std::any_of(stops.begin(), stops.end(), [](const std::string& s) { return s.empty(); })) {
    return fail(suite_error(stops.empty() ? "stop-at has no strings" : "stop-at has an empty string",
                            "texts at which the answer ends", "Write: strings: [\"Question:\"]"));
  }
  return std::make_unique<StopFilter>(std::move(stops));
}

MadeFilter make_marker(std::string_view name, const record::Value& options) {
  const Options read(options);
  MarkerRules rules;
  rules.marker = read.text("marker", "");
  rules.after = name == "after";
  rules.last = read.text("pick", "first") == "last";
  rules.whole_without = read.text("fallback", "whole") == "whole";
  if (rules.marker.empty()) {
    return fail(suite_error(fmt::format("{} has no marker", name), "the text to look for",
                            fmt::format("Write: {{type: {}, marker: \"####\"}}", name)));
  }
  return std::make_unique<MarkerFilter>(std::move(rules));
}

}  // namespace assay::evaluator
