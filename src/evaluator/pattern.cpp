// What a match may cost.
//
// PCRE2 has a match limit, but it counts per starting position and does not see the characters that one
// repeat runs over: `a*b` against four million a's stays below any limit and still takes hours. So we count
// ourselves. The compiler puts a callout before every item of the pattern; each is one step, and so is each
// 16 characters that the match moved since the last. A match may take ten million steps, plus eight for each
// byte of the text, so that a pattern which reads a long text once always gets through.
//
// Not done: the just-in-time compiler. It counts differently and ignores the heap limit, so the same answer
// would be judged differently on another machine. Not done: a time limit, for the same reason.

#define PCRE2_CODE_UNIT_WIDTH 8
#include "evaluator/pattern.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <pcre2.h>

#include "evaluator/evaluator.h"
#include "evaluator/options.h"

namespace assay::evaluator {

struct Pattern::Code {
  pcre2_code* code = nullptr;
  bool full = false;
  /// Added for each callout of a pattern with back-references, in 1/16 steps for each character of a captured
  /// group.
  bool has_back_references = false;
  std::uint64_t step_cost = 1;

  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }
};

namespace {

constexpr std::uint32_t kSteps = 10'000'000;
constexpr std::uint64_t kStepsPerByte = 8;
constexpr std::uint32_t kHeapKibibytes = 64U << 10U;
// The interpreter keeps its frames on the heap, so depth costs memory only; the heap limit is met first.
constexpr std::uint32_t kDepth = 1'000'000;

struct MatchDataFree {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};
struct MatchContextFree {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};

struct FlagBits {
  char letter;
  std::uint32_t bits;
};
constexpr std::array kFlags{
    FlagBits{'i', PCRE2_CASELESS}, FlagBits{'m', PCRE2_MULTILINE}, FlagBits{'s', PCRE2_DOTALL},
    FlagBits{'x', PCRE2_EXTENDED}, FlagBits{'u', PCRE2_UCP},
};

Result<std::uint32_t> bits_of(std::string_view flags) {
  std::uint32_t bits = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
  for (const char letter : flags) {
    const auto flag =
        std::find_if(kFlags.begin(), kFlags.end(), [&](FlagBits f) { return f.letter == letter; });
    if (flag == kFlags.end()) {
      return fail(suite_error(fmt::format("flags are {}", as_quoted(flags)), "letters of: i, m, s, x, u"));
    }
    bits |= flag->bits;
  }
  return bits;
}

/// What the callout needs during one match.
struct Meter {
  StepBudget& budget;
  std::uint64_t step_cost = 1;
  bool has_back_references = false;
  std::size_t last_position = 0;
};

int count_step(pcre2_callout_block* block, void* data) {
  auto& meter = *static_cast<Meter*>(data);
  const std::size_t now = block->current_position;
  const std::size_t moved = now > meter.last_position ? now - meter.last_position : meter.last_position - now;
  meter.last_position = now;
  std::uint64_t cost = meter.step_cost + moved / 16;
  if (meter.has_back_references) {
    // A back-reference that fails has compared up to the length of its group without moving.
    for (std::uint32_t i = 1; i < block->capture_top; ++i) {
      const std::size_t begin = block->offset_vector[2 * i];
      const std::size_t end = block->offset_vector[2 * i + 1];
      if (begin != PCRE2_UNSET && end > begin) cost += (end - begin) / 16;
    }
  }
  if (cost > meter.budget.left) return PCRE2_ERROR_CALLOUT;
  meter.budget.left -= cost;
  return 0;
}

std::string engine_words(int code) {
  std::array<PCRE2_UCHAR8, 256> words{};
  pcre2_get_error_message_8(code, words.data(), words.size());
  return reinterpret_cast<const char*>(words.data());
}

/// PCRE2 counts bytes; people count characters.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U; }));
}

MatchResult limit_hit(std::string trouble) {
  return {.state = MatchState::limit, .match = {}, .trouble = std::move(trouble)};
}

std::string trouble_of(int code) {
  switch (code) {
    case PCRE2_ERROR_CALLOUT:
    case PCRE2_ERROR_MATCHLIMIT: return "the pattern took more than its steps on this text";
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_NOMEMORY: return "the pattern needed more than its memory on this text";
    default: return "the pattern engine gave up: " + engine_words(code);
  }
}

Match match_of(const pcre2_match_data* data, int count) {
  // The library takes a pointer that is not const, and does not write.
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(const_cast<pcre2_match_data*>(data));
  Match match;
  for (int i = 0; i < count; ++i) {
    const std::size_t begin = ends[2 * i];
    const std::size_t end = ends[2 * i + 1];
    if (begin == PCRE2_UNSET)
      match.groups.emplace_back();
    else
      match.groups.emplace_back(
          GroupSpan{.begin = std::min(begin, end), .end = end});  // \K can turn them round
  }
  return match;
}

}  // namespace

Result<Pattern> Pattern::compile(std::string_view pattern, const PatternOptions& options) {
  if (pattern.size() > kMaxPatternBytes) {
    return fail(suite_error(fmt::format("a pattern of {} bytes", pattern.size()),
                            fmt::format("at most {} bytes", kMaxPatternBytes)));
  }
  const Result<std::uint32_t> bits = bits_of(options.flags);
  if (!bits) return fail(bits.error());
  // `.` must stop at CR and at LF, and lines end at either: that is the library's "any of CR, LF, CRLF".
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
  int trouble = 0;
  PCRE2_SIZE offset = 0;
  auto code = std::make_shared<Code>();
  code->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), *bits, &trouble,
                             &offset, context.get());
  if (code->code == nullptr) {
    offset = std::min(offset, pattern.size());
    return fail(
        suite_error(fmt::format("the pattern {} does not compile at character {}: {}", as_quoted(pattern),
                                characters(pattern.substr(0, offset)), engine_words(trouble)),
                    "a complete regular expression (PCRE2)"));
  }
  std::uint32_t back_references = 0;
  std::uint32_t least_length = 0;
  pcre2_pattern_info(code->code, PCRE2_INFO_BACKREFMAX, &back_references);
  pcre2_pattern_info(code->code, PCRE2_INFO_MINLENGTH, &least_length);
  code->full = options.full;
  code->has_back_references = back_references > 0;
  // a{60000} compares up to 60,000 characters in what is one step to us.
  code->step_cost = 1 + least_length / 16;
  return Pattern(std::move(code));
}

StepBudget Pattern::budget(std::string_view text) {
  return {.left = kSteps + kStepsPerByte * text.size()};
}

MatchResult Pattern::match(std::string_view text) const {
  StepBudget steps = budget(text);
  return match(text, 0, steps);
}

MatchResult Pattern::match(std::string_view text, std::size_t from, StepBudget& budget) const {
  if (text.size() > kMaxPatternText) {
    return limit_hit(
        fmt::format("the text has {} bytes, a pattern is tried on at most {}", text.size(), kMaxPatternText));
  }
  Meter meter{.budget = budget,
              .step_cost = code_->step_cost,
              .has_back_references = code_->has_back_references,
              .last_position = from};
  const std::unique_ptr<pcre2_match_data, MatchDataFree> data(
      pcre2_match_data_create_from_pattern(code_->code, nullptr));
  const std::unique_ptr<pcre2_match_context, MatchContextFree> context(pcre2_match_context_create(nullptr));
  if (!data || !context) return limit_hit("no memory for a match");
  pcre2_set_callout(context.get(), count_step, &meter);
  pcre2_set_match_limit(context.get(), kSteps);
  pcre2_set_heap_limit(context.get(), kHeapKibibytes);
  pcre2_set_depth_limit(context.get(), kDepth);
  std::uint32_t options = code_->full ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0U;
  // The library checks the whole text for UTF-8 each time; once is enough, or a million matches would be a
  // million readings.
  if (from > 0) options |= PCRE2_NO_UTF_CHECK;
  const int count = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                options, data.get(), context.get());
  if (count == PCRE2_ERROR_NOMATCH) return {};
  if (count < 0) return limit_hit(trouble_of(count));
  return {.state = MatchState::found, .match = match_of(data.get(), count), .trouble = {}};
}

std::optional<std::size_t> Pattern::group_number(std::string_view name) const {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc{} && end == name.data() + name.size()) {
    std::uint32_t highest = 0;
    pcre2_pattern_info(code_->code, PCRE2_INFO_CAPTURECOUNT, &highest);
    if (number > highest) return std::nullopt;
    return number;
  }
  const std::string terminated(name);
  const int found =
      pcre2_substring_number_from_name(code_->code, reinterpret_cast<PCRE2_SPTR>(terminated.c_str()));
  if (found <= 0) return std::nullopt;
  return static_cast<std::size_t>(found);
}

std::string pattern_engine_version() {
  return fmt::format("{}.{}", PCRE2_MAJOR, PCRE2_MINOR);
}

}  // namespace assay::evaluator
