#include "record/template.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "record/python_text.h"

namespace assay::record {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";

bool is_name_byte(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

Error no_variable(std::string_view found) {
  return {.code = Code::bad_input,
          .where = {},
          .found = fmt::format("'{}' in a template is no variable", printable(found, 40)),
          .expected = "a name between {{ and }}",
          .remedy = "Write \\{{ for literal braces"};
}

void add_literal(std::vector<TemplatePart>& parts, std::string_view text, std::size_t offset) {
  if (text.empty()) return;
  if (!parts.empty() && !parts.back().variable) {
    parts.back().text += text;
  } else {
    parts.push_back({.variable = false, .text = std::string(text), .offset = offset});
  }
}

}  // namespace

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_byte);
}

Result<std::vector<TemplatePart>> parse_template(std::string_view text) {
  std::vector<TemplatePart> parts;
  std::size_t done = 0;
  for (std::size_t open = text.find(kOpen); open != std::string_view::npos; open = text.find(kOpen, done)) {
    if (open > done && text[open - 1] == '\\') {
      add_literal(parts, text.substr(done, open - 1 - done), done);
      add_literal(parts, kOpen, open);
      done = open + kOpen.size();
      continue;
    }
    const std::size_t line_end = std::min(text.find('\n', open), text.size());
    const std::size_t close = text.substr(0, line_end).find(kClose, open);
    if (close == std::string_view::npos) return fail(no_variable(text.substr(open, line_end - open)));
    const std::string_view name = trim(text.substr(open + kOpen.size(), close - open - kOpen.size()));
    if (!is_variable_name(name)) return fail(no_variable(text.substr(open, close + kClose.size() - open)));
    add_literal(parts, text.substr(done, open - done), done);
    parts.push_back({.variable = true, .text = std::string(name), .offset = open});
    done = close + kClose.size();
  }
  add_literal(parts, text.substr(done), done);
  return parts;
}

Result<std::string> render(const std::vector<TemplatePart>& parts, const Vars& vars) {
  std::string text;
  for (const TemplatePart& part : parts) {
    if (!part.variable) {
      text += part.text;
      continue;
    }
    const auto at =
        std::find_if(vars.begin(), vars.end(), [&](const auto& var) { return var.first == part.text; });
    if (at == vars.end()) {
      return fail({.code = Code::bad_input,
                   .where = {},
                   .found = fmt::format("variable '{}' is not defined", part.text),
                   .expected = "a value for every variable of the template",
                   .remedy = {}});
    }
    text += at->second.is_scalar() ? at->second.text : as_text(at->second);
  }
  return text;
}

Result<std::string> render(std::string_view text, const Vars& vars) {
  const auto parts = parse_template(text);
  if (!parts) return fail(parts.error());
  return render(*parts, vars);
}

std::optional<std::string> benchy_expanded(std::string_view text, const Vars& vars, std::size_t max_bytes) {
  std::string current(text);
  for (const auto& [name, value] : vars) {
    const std::string hole = fmt::format("{}{}{}", kOpen, name, kClose);
    std::size_t at = current.find(hole);
    if (at == std::string::npos) continue;
    const std::string inserted = python_text(value);
    std::string next;
    std::size_t done = 0;
    for (; at != std::string::npos; at = current.find(hole, done)) {
      next.append(current, done, at - done);
      next += inserted;
      done = at + hole.size();
      if (next.size() > max_bytes) return std::nullopt;
    }
    next.append(current, done);
    if (next.size() > max_bytes) return std::nullopt;
    current = std::move(next);
  }
  return current;
}

}  // namespace assay::record
