#include "evaluator/filter.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/choices.h"
#include "evaluator/evaluator.h"
#include "evaluator/filters.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

using record::OptionKind;
using record::OptionSpec;

constexpr std::array kReasoningOptions{
    OptionSpec{"tags", OptionKind::text_list, "", "names of tags (think, thinking, reasoning, thought)"},
};
constexpr std::array kLineOptions{
    OptionSpec{"skip_blank", OptionKind::boolean, "", "blank lines do not count (true)"},
};
constexpr std::array kStopOptions{
    OptionSpec{"strings", OptionKind::text_list, "", "texts at which the answer ends"},
};
constexpr std::array kMarkerOptions{
    OptionSpec{"marker", OptionKind::text, "", "the text to look for"},
    OptionSpec{"pick", OptionKind::choice, "first|last", "which one counts (first)"},
    OptionSpec{"fallback", OptionKind::choice, "whole|none", "what a text without it gives (whole)"},
};
constexpr std::array kRegexOptions{
    OptionSpec{"pattern", OptionKind::text, "", "as in the evaluator regex"},
    OptionSpec{"flags", OptionKind::text, "", "letters of: i, m, s, x, u"},
    OptionSpec{"group", OptionKind::text, "",
               "number or name of a group (the first that took part, else all)"},
    OptionSpec{"pick", OptionKind::text, "", "first, last, or a number from 0; -1 is the last (first)"},
    OptionSpec{"fallback", OptionKind::choice, "none|whole", "what a text without a match gives (none)"},
};
constexpr std::array kReplaceOptions{
    OptionSpec{"pattern", OptionKind::text, "", "as in the evaluator regex"},
    OptionSpec{"flags", OptionKind::text, "", "letters of: i, m, s, x, u"},
    OptionSpec{"with", OptionKind::text, "",
               "what stands for each match; $0 to $9 are groups, $$ is a dollar sign (nothing)"},
};
constexpr std::array kCodeOptions{
    OptionSpec{"langs", OptionKind::text_list, "",
               "languages after the fence, none for no word, any for all (python, py, python3, none)"},
    OptionSpec{"pick", OptionKind::choice, "auto|first|last|longest|join", "which block (auto)"},
    OptionSpec{"entry", OptionKind::text, "", "the function or class that auto looks for"},
    OptionSpec{"fallback", OptionKind::choice, "whole|none", "what a text without a block gives (whole)"},
};
constexpr std::array kNumberOptions{
    OptionSpec{"pick", OptionKind::choice, "last|first|boxed|whole", "which number of the text (last)"},
    OptionSpec{"percent", OptionKind::choice, "strip|scale|require",
               "'%' is dropped, divides by 100, or must be there (strip)"},
    OptionSpec{"decimal", OptionKind::choice, ".|,", "the decimal mark; the other one groups digits (.)"},
    OptionSpec{"fractions", OptionKind::boolean, "", "read 3/4 as one number (false)"},
};
constexpr std::array kJsonBlockOptions{
    OptionSpec{"kinds", OptionKind::text_list, "", "object, array (both)"},
};
constexpr std::array kPointerOptions{
    OptionSpec{"pointer", OptionKind::text, "", "JSON pointer (RFC 6901) of the part"},
};
constexpr std::array kFirstOptions{
    OptionSpec{"k", OptionKind::whole, "", "how many answers to a case count"},
};

constexpr std::array kChoiceOptions{
    OptionSpec{"lang", OptionKind::choice, kChoiceLanguages,
               "whose words for \"answer\" count beside the English ones (en)"},
};

constexpr std::array kFilters{
    FilterEntry{"reasoning-split", 1, "the answer without what the model thought", kReasoningOptions,
                make_reasoning_split},
    FilterEntry{"trim", 1, "without white space at both ends", {}, make_mapping},
    FilterEntry{"collapse-space", 1, "every run of white space is one blank", {}, make_mapping},
    FilterEntry{"lower", 1, "lower case", {}, make_mapping},
    FilterEntry{"upper", 1, "upper case", {}, make_mapping},
    FilterEntry{"nfc", 1, "Unicode normal form C", {}, make_mapping},
    FilterEntry{"nfkc", 1, "Unicode normal form KC", {}, make_mapping},
    FilterEntry{"strip-punct", 1, "without the 32 ASCII punctuation marks", {}, make_mapping},
    FilterEntry{"strip-ansi", 1, "without terminal escape sequences", {}, make_mapping},
    FilterEntry{"first-line", 1, "the first line", kLineOptions, make_line},
    FilterEntry{"last-line", 1, "the last line", kLineOptions, make_line},
    FilterEntry{"stop-at", 1, "the text before the earliest of some texts", kStopOptions, make_stop_at},
    FilterEntry{"before", 1, "the text before a marker", kMarkerOptions, make_marker},
    FilterEntry{"after", 1, "the text behind a marker", kMarkerOptions, make_marker},
    FilterEntry{"regex", 1, "what a pattern matches", kRegexOptions, make_regex_filter},
    FilterEntry{"replace", 1, "every match of a pattern becomes another text, or nothing", kReplaceOptions,
                make_replace},
    FilterEntry{"code-block", 1, "the code between fences", kCodeOptions, make_code_block},
    FilterEntry{"boxed", 1, "the content of the last \\boxed{…}", {}, make_boxed},
    FilterEntry{"number", 1, "a number of the text, in plain form", kNumberOptions, make_number},
    FilterEntry{"choice", 1, "the label of the case's choice that the answer means", kChoiceOptions,
                make_choice_filter},
    FilterEntry{"json-block", 1, "the first JSON object or array", kJsonBlockOptions, make_json_block},
    FilterEntry{"json-pointer", 1, "one part of a JSON text", kPointerOptions, make_json_pointer},
    FilterEntry{"first-k", 1, "across repeats: the first k answers to a case count", kFirstOptions,
                make_first_k},
    FilterEntry{"majority", 1, "across repeats: the answer that most of them give", {}, make_majority},
};

}  // namespace

std::span<const FilterEntry> filter_table() {
  return kFilters;
}

const FilterEntry* find_filter(std::string_view name) {
  const auto entry =
      std::find_if(kFilters.begin(), kFilters.end(), [&](const FilterEntry& f) { return f.name == name; });
  return entry == kFilters.end() ? nullptr : &*entry;
}

MadeFilter make_filter(const record::Filter& filter) {
  const FilterEntry* entry = find_filter(filter.name);
  if (entry == nullptr) {
    std::vector<std::string> names;
    for (const FilterEntry& known : kFilters) names.emplace_back(known.name);
    const std::string near_name = nearest(filter.name, names);
    return fail(suite_error("unknown filter " + as_quoted(filter.name), "one of: " + join(names, ", "),
                            near_name.empty() ? "" : fmt::format("Did you mean '{}'?", near_name)));
  }
  if (std::optional<Error> error = check_options(filter.options, entry->options, entry->name))
    return fail(*error);
  return entry->make(entry->name, filter.options);
}

std::string label_of(const FilterEntry& entry) {
  return fmt::format("{}@{}", entry.name, entry.version);
}

}  // namespace assay::evaluator
