#include "suite/task_rows.h"

#include <charconv>

#include <fmt/format.h>

#include "suite/text_list.h"

namespace assay::suite {
namespace {

std::optional<int> whole_of(std::string_view text) {
  int number = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (trouble != std::errc{} || end != text.data() + text.size() || number < 1) return std::nullopt;
  return number;
}

}  // namespace

Node Row::field(std::string_view name, Wanted wanted) {
  const Node found = node_.is(Kind::mapping) ? node_.find(name) : Node{};
  if (!fault_ && !node_.is(Kind::mapping)) fault_ = fmt::format("a row that is {}", shown(node_));
  if (!fault_ && !found) fault_ = fmt::format("a row without '{}'", name);
  const bool text = found && found.is(Kind::text);
  const bool fits = wanted == Wanted::text   ? text
                    : wanted == Wanted::list ? text || (found && found.is(Kind::list))
                                             : text || (found && found.is(Kind::number));
  constexpr std::string_view kNames[] = {"a text", "a list of texts", "a whole number from 1"};
  if (!fault_ && !fits) {
    fault_ = fmt::format("'{}' is {}, and should be {}", name, shown(found),
                         kNames[static_cast<std::size_t>(wanted)]);
  }
  return fits ? found : Node{};
}

std::string Row::text(std::string_view name) {
  const Node found = field(name, Wanted::text);
  return found ? unix_lines(std::string(found.text())) : std::string();
}

std::string Row::text_or_empty(std::string_view name) {
  return has(name) && !node_.find(name).is(Kind::null) ? text(name) : std::string();
}

std::vector<std::string> Row::texts(std::string_view name) {
  std::vector<std::string> all;
  const Node found = field(name, Wanted::list);
  if (!found) return all;
  if (found.is(Kind::text)) {
    const std::optional<std::vector<std::string>> read = texts_of_list(found.text());
    if (!read && !fault_) fault_ = fmt::format("'{}' is {}, which is no list of texts", name, shown(found));
    if (read) all = *read;
  } else {
    for_each_item(found, [&](Node item) {
      if (!item.is(Kind::text) && !fault_)
        fault_ = fmt::format("'{}' holds {}, and should hold texts", name, shown(item));
      all.emplace_back(item.text());
    });
  }
  for (std::string& text : all) text = unix_lines(std::move(text));
  return all;
}

int Row::whole(std::string_view name) {
  const Node found = field(name, Wanted::whole);
  if (!found) return 0;
  const std::optional<int> number = whole_of(found.text());
  if (!number && !fault_)
    fault_ = fmt::format("'{}' is {}, and should be a whole number from 1", name, shown(found));
  return number.value_or(0);
}

record::Value mapping_of(std::initializer_list<std::pair<std::string_view, record::Value>> pairs) {
  record::Value mapping{.kind = Kind::mapping, .text = {}, .items = {}, .keys = {}};
  for (const auto& [name, value] : pairs) {
    if (value.kind == Kind::text && value.text.empty()) continue;
    mapping.keys.emplace_back(name);
    mapping.items.push_back(value);
  }
  return mapping;
}

record::Value list_of(const std::vector<std::string>& texts) {
  record::Value list{.kind = Kind::list, .text = {}, .items = {}, .keys = {}};
  for (const std::string& text : texts) list.items.push_back(record::Value::of_text(text));
  return list;
}

std::string unix_lines(std::string text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') out.push_back(text[i]);
  }
  return out;
}

}  // namespace assay::suite
