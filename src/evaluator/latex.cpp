#include "evaluator/latex.h"

#include <algorithm>
#include <array>
#include <vector>

namespace assay::evaluator {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// Where the content of a box begins when `at` is on its back-slash, else kNowhere. Blanks before the brace
/// are legal.
std::size_t box_content(std::string_view text, std::size_t at) {
  for (const std::string_view command : {std::string_view("\\boxed"), std::string_view("\\fbox")}) {
    if (!text.substr(at).starts_with(command)) continue;
    const std::size_t brace = text.find_first_not_of(' ', at + command.size());
    if (brace != kNowhere && text[brace] == '{') return brace + 1;
  }
  return kNowhere;
}

/// Behind the brace that closes the one at `open`, or kNowhere.
std::size_t behind_braces(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t at = open; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '{')
      ++depth;
    else if (text[at] == '}' && --depth == 0)
      return at + 1;
  }
  return kNowhere;
}

}  // namespace

// One pass with a stack of open braces: searching the end of each box on its own would take quadratic time on
// a text of a million opened boxes.
std::optional<std::string_view> last_boxed(std::string_view text) {
  std::vector<std::size_t> open;  // content of the box that the brace opened, or kNowhere for a plain brace
  std::size_t pending = kNowhere;
  std::optional<std::string_view> last;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      pending = box_content(text, at);
      ++at;  // the next character is part of the command: \{ and \} are no braces
    } else if (text[at] == '{') {
      open.push_back(pending == at + 1 ? pending : kNowhere);
    } else if (text[at] == '}' && !open.empty()) {
      const std::size_t begin = open.back();
      open.pop_back();
      const bool later = begin != kNowhere && (!last || text.data() + begin > last->data());
      if (later) last = text.substr(begin, at - begin);
    }
  }
  return last;
}

bool last_box_is_open(std::string_view text) {
  std::size_t begin = kNowhere;
  for (std::size_t at = text.find('\\'); at < text.size(); at = text.find('\\', at + 2)) {
    if (const std::size_t content = box_content(text, at); content != kNowhere) begin = content;
  }
  if (begin == kNowhere) return false;
  const std::optional<std::string_view> closed = last_boxed(text);
  return !closed || closed->data() != text.data() + begin;
}

std::string without_number_markup(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kDropped{"\\$", "\\,",     "\\!",
                                                            "{,}", "^\\circ", "^{\\circ}"};
  std::string rest;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view here = text.substr(at);
    const auto dropped = std::find_if(kDropped.begin(), kDropped.end(),
                                      [&](std::string_view mark) { return here.starts_with(mark); });
    if (dropped != kDropped.end()) {
      at += dropped->size();
    } else if (here.starts_with("\\%")) {
      ++at;
    } else if (const std::size_t end = here.starts_with("\\text{") ? behind_braces(text, at + 5) : kNowhere;
               end != kNowhere) {
      at = end;
    } else {
      rest.push_back(text[at++]);
    }
  }
  return rest;
}

}  // namespace assay::evaluator
