#include "suite/prompt.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "record/template.h"

namespace assay::suite {
namespace {

constexpr std::array<std::string_view, 2> kMessageKeys{"role", "content"};

void add_message(Reader& reader, PromptSource& source, Node content, std::string_view name,
                 std::string role) {
  auto text = reader.text(content, name);
  if (!text) return;
  source.prompt.messages.push_back({.role = std::move(role), .content = *std::move(text)});
  source.places.push_back(content.where());
}

void read_message(Reader& reader, PromptSource& source, Node node) {
  if (!reader.is_mapping(node, "a message")) return;
  reader.check_keys(node, kMessageKeys, "a message");
  const Node role = node.find("role");
  const Node content = node.find("content");
  if (!role || !content) {
    reader.error(node.where(), fmt::format("a message without {}", role ? "content" : "role"),
                 "role and content", "Write: {role: user, content: …}");
    return;
  }
  if (reader.choice(role, "role", {"system", "user", "assistant"}))
    add_message(reader, source, content, "content", std::string(role.text()));
}

void read_messages(Reader& reader, PromptSource& source, Node node) {
  if (!reader.is_list(node, "messages")) return;
  if (node.count() == 0)
    reader.error(node.where(), "messages is an empty list", "at least one message",
                 "Write: {role: user, content: …}");
  for_each_item(node, [&](Node item) { read_message(reader, source, item); });
}

/// Keys that exclude each other. Reports and returns true when both are there.
bool clash(Reader& reader, Node suite_node, std::string_view one, std::string_view other,
           std::string remedy) {
  const Node key = suite_node.find_key(other);
  if (!suite_node.find(one) || !key) return false;
  reader.error(key.where(), fmt::format("'{}' beside '{}'", other, one), "one of them", std::move(remedy));
  return true;
}

/// A variable of the templates: its name and where it first stands.
struct Use {
  std::string name;
  Location where;
};

/// The place of `{{name}}` at or behind `from`, or `from` when escapes hide it.
Location place_of(std::string_view text, Location from, std::string_view name) {
  constexpr std::size_t kMaxLook = 1U << 20U;  // an error message is not worth more
  std::size_t at = 0;
  for (int line = 1; line < from.line && at != std::string_view::npos; ++line) at = text.find('\n', at) + 1;
  const std::size_t end = std::min(text.size(), at + kMaxLook);
  Location here{from.file, from.line, 1};
  for (; at < end; ++at) {
    const bool reached = here.line > from.line || here.column >= from.column;
    if (reached && text.substr(at, 2) == "{{" && (at == 0 || text[at - 1] != '\\')) {
      const std::size_t close = text.find("}}", at);
      if (close != std::string_view::npos && trim(text.substr(at + 2, close - at - 2)) == name) return here;
    }
    if (text[at] == '\n') {
      ++here.line;
      here.column = 1;
    } else if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U) {
      ++here.column;
    }
  }
  return from;
}

std::vector<Use> uses_of(Reader& reader, const PromptSource& source, std::string_view text) {
  std::vector<Use> uses;
  for (std::size_t i = 0; i < source.prompt.messages.size(); ++i) {
    const auto parts = record::parse_template(source.prompt.messages[i].content);
    if (!parts) {
      reader.error_at(source.places[i], parts.error());
      continue;
    }
    for (const record::TemplatePart& part : *parts) {
      const auto same = [&](const Use& use) { return use.name == part.text; };
      if (!part.variable || std::any_of(uses.begin(), uses.end(), same)) continue;
      uses.push_back({part.text, place_of(text, source.places[i], part.text)});
    }
  }
  return uses;
}

bool defines(const record::Case& test, std::string_view name) {
  return std::any_of(test.vars.begin(), test.vars.end(), [&](const auto& var) { return var.first == name; });
}

std::vector<std::string> names_of(const record::Case& test) {
  std::vector<std::string> names;
  for (const auto& [name, value] : test.vars) names.push_back(name);
  return names;
}

/// When no case has it, the template is at fault; else the cases that lack it.
void check_use(Reader& reader, const Use& use, const std::vector<record::Case>& cases) {
  std::size_t lacking = 0;
  for (const record::Case& test : cases) lacking += defines(test, use.name) ? 0 : 1;
  if (lacking == 0) return;
  if (lacking == cases.size()) {
    const std::vector<std::string> names = names_of(cases.front());
    const std::string expected = names.empty() ? "a variable; the cases have none"
                                               : "one of the cases' variables: " + join(names, ", ");
    const std::string near = did_you_mean(use.name, names);
    reader.error(use.where, fmt::format("undefined variable '{}'", use.name), expected,
                 near.empty() ? "Add it to vars, or write \\{{ for literal braces" : near);
    return;
  }
  for (const record::Case& test : cases) {
    if (defines(test, use.name)) continue;
    reader.error(test.where, fmt::format("case '{}' has no variable '{}'", printable(test.id, 40), use.name),
                 fmt::format("it, because the prompt uses it at {}:{}", use.where.line, use.where.column),
                 did_you_mean(use.name, names_of(test)));
  }
}

}  // namespace

PromptSource read_prompt(Reader& reader, Node suite_node) {
  PromptSource source;
  const Node prompt = suite_node.find("prompt");
  const Node messages = suite_node.find("messages");
  const Node system = suite_node.find("system");
  const Node raw = suite_node.find("raw");
  source.prompt.where = (prompt ? prompt : messages ? messages : suite_node).where();
  clash(reader, suite_node, "prompt", "messages", "Put the prompt into messages as the user's");
  if (!prompt && !messages)
    reader.error(suite_node.where(), "no prompt", "'prompt' or 'messages'", "Write: prompt: \"…\"");
  if (system) add_message(reader, source, system, "system", "system");
  if (prompt)
    add_message(reader, source, prompt, "prompt", "user");
  else if (messages)
    read_messages(reader, source, messages);
  for (std::size_t i = system ? 1 : source.prompt.messages.size(); i < source.prompt.messages.size(); ++i) {
    if (source.prompt.messages[i].role == "system")
      reader.error(source.places[i], "a system message beside 'system'", "one of them", "Remove one");
  }
  if (raw) source.prompt.raw = reader.boolean(raw, "raw").value_or(false);
  if (source.prompt.raw) {
    clash(reader, suite_node, "raw", "messages", "A raw prompt is one text: use 'prompt'");
    clash(reader, suite_node, "raw", "system", "Put it at the beginning of the prompt");
  }
  return source;
}

void check_variables(Reader& reader, const PromptSource& source, const std::vector<record::Case>& cases,
                     std::string_view text) {
  const std::vector<Use> uses = uses_of(reader, source, text);
  if (cases.empty() || source.prompt.messages.empty()) return;
  for (const Use& use : uses) check_use(reader, use, cases);
  std::vector<std::string> told;
  for (const record::Case& test : cases) {
    for (const auto& [name, value] : test.vars) {
      const auto used = [&](const Use& use) { return use.name == name; };
      if (std::any_of(uses.begin(), uses.end(), used) ||
          std::find(told.begin(), told.end(), name) != told.end())
        continue;
      if (told.size() >= 100) return;
      told.push_back(name);
      reader.warning(test.where, fmt::format("variable '{}' is used by no template", name),
                     "every variable used", "Remove it, or use it in the prompt");
    }
  }
}

}  // namespace assay::suite
