#include "evaluator/reasoning.h"

#include <algorithm>

#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

std::string open_tag(const std::string& name) {
  return "<" + name + ">";
}
std::string close_tag(const std::string& name) {
  return "</" + name + ">";
}

std::size_t behind_space(std::string_view text, std::size_t at) {
  for (CodePoint c = code_point_at(text, at); c.length > 0 && is_space(c.value);
       c = code_point_at(text, at)) {
    at += c.length;
  }
  return at;
}

/// The tag that opens at `at`, or nullptr.
const std::string* opened_at(std::string_view text, std::size_t at, const std::vector<std::string>& tags) {
  if (at >= text.size() || text[at] != '<') return nullptr;
  for (const std::string& tag : tags) {
    if (text.substr(at).starts_with(open_tag(tag))) return &tag;
  }
  return nullptr;
}

void split_at_tags(std::string_view text, const std::vector<std::string>& tags, ReasoningSplit& split) {
  std::size_t at = behind_space(text, 0);
  for (const std::string* tag = opened_at(text, at, tags); tag != nullptr; tag = opened_at(text, at, tags)) {
    split.found = true;
    if (split.how.empty()) split.how = "tag:" + *tag;
    const std::size_t begin = at + tag->size() + 2;
    const std::size_t end = text.find(close_tag(*tag), begin);
    if (end == kNowhere) {
      split.closed = false;
      split.blocks.push_back(text.substr(begin));
      split.span_end = text.size();
      split.answer = text.substr(text.size());  // empty, but a place in the text
      return;
    }
    split.blocks.push_back(text.substr(begin, end - begin));
    split.span_end = end + tag->size() + 3;
    at = behind_space(text, split.span_end);
  }
  if (split.found) split.answer = text.substr(at);
}

void split_at_prefilled(std::string_view text, const std::vector<std::string>& tags, ReasoningSplit& split) {
  std::size_t first_close = kNowhere;
  std::size_t behind = kNowhere;
  for (const std::string& tag : tags) {
    const std::size_t close = text.find(close_tag(tag));
    if (close >= first_close) continue;
    first_close = close;
    behind = close + tag.size() + 3;
  }
  if (first_close == kNowhere) return;
  const std::string_view before = text.substr(0, first_close);
  const bool opened = std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return before.find(open_tag(tag)) != kNowhere;
  });
  if (opened) return;
  split.found = true;
  split.how = "prefilled";
  split.blocks.push_back(before);
  split.span_end = behind;
  split.answer = text.substr(behind_space(text, behind));
}

}  // namespace

const std::vector<std::string>& default_reasoning_tags() {
  static const std::vector<std::string> tags{"think", "thinking", "reasoning", "thought"};
  return tags;
}

ReasoningSplit split_reasoning(std::string_view text, const std::vector<std::string>& tags,
                               bool has_own_field) {
  ReasoningSplit split;
  split.answer = text;
  split_at_tags(text, tags, split);
  if (!split.found && !has_own_field) split_at_prefilled(text, tags, split);
  return split;
}

}  // namespace assay::evaluator
