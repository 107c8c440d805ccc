// One step from the raw answer to the text that is judged: the interface and the table.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/catalogue.h"
#include "record/suite.h"

namespace assay::evaluator {

/// What a filter made of its text.
struct Filtered {
  enum class How {
    view,     ///< `view`, a part of the text that came in
    made,     ///< `made`, a new text
    nothing,  ///< what it looks for is not there: the sample is `fail: no_answer`
    limit,    ///< a limit was hit: `error: internal`; `made` says which
  };
  How how = How::nothing;
  std::string_view view;
  std::string made;

  static Filtered part(std::string_view view) { return {.how = How::view, .view = view, .made = {}}; }
  static Filtered text(std::string made) { return {.how = How::made, .view = {}, .made = std::move(made)}; }
  static Filtered none() { return {}; }
  static Filtered gave_up(std::string why) { return {.how = How::limit, .view = {}, .made = std::move(why)}; }
};

/// What a filter may know of the sample besides the text.
struct FilterContext {
  bool has_reasoning_field = false;                     ///< the server gave reasoning in a field of its own
  const std::vector<record::Value>* choices = nullptr;  ///< of the case
};

/// Same promises as Evaluator: any thread, any text (valid UTF-8), no time beyond length × log, no exceptions
/// for what a text holds, authors' mistakes found when it is made.
class TextFilter {
 public:
  virtual ~TextFilter() = default;
  virtual Filtered apply(std::string_view text, const FilterContext& context) const = 0;
};

using MadeFilter = Result<std::unique_ptr<TextFilter>>;

struct FilterEntry {
  std::string_view name;
  int version;  ///< raised by any change that can alter an output
  std::string_view help;
  std::span<const record::OptionSpec> options;
  MadeFilter (*make)(std::string_view name, const record::Value& options);
};

std::span<const FilterEntry> filter_table();
const FilterEntry* find_filter(std::string_view name);
/// Errors: bad_input without place, for every mistake in name and options.
MadeFilter make_filter(const record::Filter& filter);
/// "trim@1"
std::string label_of(const FilterEntry& entry);

}  // namespace assay::evaluator
