// code-block: the code between fences of back-ticks or tildes, as CommonMark reads them.
#include "evaluator/filters.h"

#include <algorithm>

#include "base/text.h"
#include "evaluator/options.h"
#include "evaluator/python_run.h"
#include "evaluator/unicode.h"

namespace assay::evaluator {
namespace {

struct Fence {
  char mark = '`';
  std::size_t length = 0;
  std::size_t indent = 0;
  std::string_view info;  ///< what stands behind the marks
};

/// A line of three or more back-ticks or tildes, indented or not. Back-ticks take no back-tick in the info,
/// so that
/// ```code``` on one line is no fence.
std::optional<Fence> fence_of(std::string_view line) {
  const std::size_t indent = line.find_first_not_of(" \t");
  if (indent == std::string_view::npos || (line[indent] != '`' && line[indent] != '~')) return std::nullopt;
  const char mark = line[indent];
  const std::size_t end = std::min(line.find_first_not_of(mark, indent), line.size());
  if (end - indent < 3) return std::nullopt;
  const std::string_view info = trim_space(line.substr(end));
  if (mark == '`' && info.find('`') != std::string_view::npos) return std::nullopt;
  return Fence{.mark = mark, .length = end - indent, .indent = indent, .info = info};
}

bool closes(std::string_view line, const Fence& open) {
  const std::optional<Fence> fence = fence_of(line);
  return fence && fence->mark == open.mark && fence->length >= open.length && fence->info.empty();
}

struct Block {
  std::string language;  ///< lower case; "none" when there is no word
  std::string code;      ///< lines joined by LF, without the fence's indentation
};

std::string language_of(std::string_view info) {
  const std::string_view word = info.substr(0, info.find_first_of(" \t,{"));
  return word.empty() ? "none" : lower_ascii(word);
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view without_indent(std::string_view line, std::size_t indent) {
  const std::size_t blanks = std::min(line.find_first_not_of(" \t"), line.size());
  return line.substr(std::min(indent, blanks));
}

std::vector<Block> blocks_of(std::string_view rest) {
  std::vector<Block> blocks;
  std::optional<Fence> open;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (open && closes(line, *open)) {
      open.reset();
    } else if (open) {
      blocks.back().code.append(without_indent(line, open->indent)).push_back('\n');
    } else {
      open = fence_of(line);
      if (open) blocks.push_back({.language = language_of(open->info), .code = {}});
    }
  }
  for (Block& block : blocks) {
    if (block.code.ends_with('\n')) block.code.pop_back();
  }
  return blocks;
}

struct CodeRules {
  std::vector<std::string> languages;
  bool any_language = false;
  std::string pick;
  std::string entry;
  bool whole_without = true;
};

class CodeBlockFilter final : public TextFilter {
 public:
  explicit CodeBlockFilter(CodeRules rules) : rules_(std::move(rules)) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    std::vector<Block> blocks = blocks_of(text);
    std::erase_if(blocks, [&](const Block& block) {
      return !rules_.any_language && std::find(rules_.languages.begin(), rules_.languages.end(),
                                               block.language) == rules_.languages.end();
    });
    if (blocks.empty()) return rules_.whole_without ? Filtered::part(text) : Filtered::none();
    return located(text, picked(blocks));
  }

 private:
  std::string picked(std::vector<Block>& blocks) const {
    if (rules_.pick == "join") {
      std::string all;
      for (const Block& block : blocks) all += (all.empty() ? "" : "\n") + block.code;
      return all;
    }
    if (rules_.pick == "first") return std::move(blocks.front().code);
    if (rules_.pick == "last") return std::move(blocks.back().code);
    if (rules_.pick == "auto" && !rules_.entry.empty()) {
      const auto found = std::find_if(blocks.rbegin(), blocks.rend(),
                                      [&](const Block& block) { return defines(block.code, rules_.entry); });
      if (found != blocks.rend()) return std::move(found->code);
    }
    // Of equally long blocks the first.
    const auto longest = std::max_element(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) {
      return a.code.size() < b.code.size();
    });
    return std::move(longest->code);
  }

  /// Code that stands in the text as it is stays a view of it.
  static Filtered located(std::string_view text, std::string code) {
    const std::size_t at = text.find(code);
    if (at == std::string_view::npos) return Filtered::text(std::move(code));
    return Filtered::part(text.substr(at, code.size()));
  }

  CodeRules rules_;
};

}  // namespace

bool defines(std::string_view code, std::string_view name) {
  while (!code.empty()) {
    std::string_view line = take_line(code);
    if (line.starts_with("async ")) line.remove_prefix(6);
    for (const std::string_view word : {std::string_view("def "), std::string_view("class ")}) {
      if (!line.starts_with(word)) continue;
      const std::string_view rest = trim_space(line.substr(word.size()));
      const char next = rest.size() > name.size() ? rest[name.size()] : '\0';
      if (rest.starts_with(name) && (next == '(' || next == ':' || next == ' ' || next == '[')) return true;
    }
  }
  return false;
}

MadeFilter make_code_block(std::string_view /*name*/, const record::Value& options) {
  const Options read(options);
  CodeRules rules;
  for (const std::string& language : read.texts("langs", {"python", "py", "python3", "none"})) {
    rules.languages.push_back(lower_ascii(language));
    rules.any_language = rules.any_language || rules.languages.back() == "any";
  }
  rules.pick = read.text("pick", "auto");
  rules.entry = read.text("entry", "");
  rules.whole_without = read.text("fallback", "whole") == "whole";
  return std::make_unique<CodeBlockFilter>(std::move(rules));
}

}  // namespace assay::evaluator
