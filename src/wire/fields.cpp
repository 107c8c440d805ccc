#include "wire/fields.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::wire {
namespace {

// A hostile value must not fill the message.
constexpr std::size_t kShownColumns = 60;

std::string shown(const Json& value) {
  if (value.is_array()) return fmt::format("a list of {}", value.size());
  if (value.is_object()) return fmt::format("an object with {} members", value.size());
  return printable(dump(value), kShownColumns);
}

bool is_whole(const Json& value) {  // of either JSON integer kind, not negative
  return value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
}

bool has_only(const Json& object, std::initializer_list<std::string_view> names) {
  return std::all_of(object.items().begin(), object.items().end(), [&](const auto& item) {
    return std::find(names.begin(), names.end(), item.key()) != names.end();
  });
}

const Json* text_member(const Json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? &*at : nullptr;
}

}  // namespace

void Fields::fail_with(std::string found, std::string expected) {
  if (!error_)
    error_ = Error{.code = Code::bad_input,
                   .where = {},
                   .found = what_ + ": " + std::move(found),
                   .expected = std::move(expected),
                   .remedy = {}};
}

void Fields::wrong(std::string_view name, const Json& value, std::string_view expected) {
  fail_with(fmt::format("'{}' is {}", name, shown(value)), std::string(expected));
}

const Json* Fields::find(const char* name) {
  known_.emplace_back(name);
  if (error_) return nullptr;
  const auto at = object_.find(name);
  return at == object_.end() ? nullptr : &*at;
}

const Json* Fields::need(const char* name) {
  const Json* value = find(name);
  if (value == nullptr) fail_with(fmt::format("'{}' is missing", name), "");
  return value;
}

void Fields::text(const char* name, std::string& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_string()) return wrong(name, *value, "text");
  out = value->get<std::string>();
}

void Fields::optional_text(const char* name, std::optional<std::string>& out) {
  const Json* value = find(name);
  if (value == nullptr) return;
  if (!value->is_string()) return wrong(name, *value, "text");
  out = value->get<std::string>();
}

void Fields::optional_text(const char* name, std::string& out) {
  std::optional<std::string> text;
  optional_text(name, text);
  if (text) out = std::move(*text);
}

void Fields::whole(const char* name, std::uint64_t& out, std::uint64_t greatest) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!is_whole(*value) || value->get<std::uint64_t>() > greatest)
    return wrong(name, *value, fmt::format("a whole number from 0 to {}", greatest));
  out = value->get<std::uint64_t>();
}

void Fields::whole(const char* name, std::uint32_t& out) {
  std::uint64_t wide = out;
  whole(name, wide, std::numeric_limits<std::uint32_t>::max());
  out = static_cast<std::uint32_t>(wide);
}

void Fields::whole(const char* name, int& out) {
  auto wide = static_cast<std::uint64_t>(out);
  whole(name, wide, static_cast<std::uint64_t>(std::numeric_limits<int>::max()));
  out = static_cast<int>(wide);
}

void Fields::optional_whole(const char* name, std::uint32_t& out) {
  if (object_.contains(name)) return whole(name, out);
  known_.emplace_back(name);
}

void Fields::optional_whole(const char* name, std::uint64_t& out) {
  if (object_.contains(name)) return whole(name, out);
  known_.emplace_back(name);
}

void Fields::optional_flag(const char* name, bool& out) {
  const Json* value = find(name);
  if (value == nullptr) return;
  if (!value->is_boolean()) return wrong(name, *value, "true or false");
  out = value->get<bool>();
}

void Fields::nanos(const char* name, Nanos& out) {
  auto wide = static_cast<std::uint64_t>(out.count());
  whole(name, wide, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  out = Nanos{static_cast<std::int64_t>(wide)};
}

void Fields::optional_nanos(const char* name, std::optional<Nanos>& out) {
  known_.emplace_back(name);
  if (!object_.contains(name)) return;
  Nanos value{0};
  nanos(name, value);
  out = value;
}

void Fields::list_of_nanos(const char* name, std::vector<Nanos>& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  const auto is_time = [](const Json& item) {
    return is_whole(item) && item.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max();
  };
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), is_time))
    return wrong(name, *value, "a list of times in nanoseconds");
  out.clear();
  out.reserve(value->size());
  for (const Json& item : *value) out.emplace_back(item.get<std::int64_t>());
}

void Fields::flag(const char* name, bool& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_boolean()) return wrong(name, *value, "true or false");
  out = value->get<bool>();
}

void Fields::texts(const char* name, std::vector<std::string>& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  const auto is_text = [](const Json& item) { return item.is_string(); };
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), is_text))
    return wrong(name, *value, "a list of texts");
  out = value->get<std::vector<std::string>>();
}

void Fields::optional_texts(const char* name, std::vector<std::string>& out) {
  if (object_.contains(name)) return texts(name, out);
  known_.emplace_back(name);
}

void Fields::ids(const char* name, std::vector<std::int32_t>& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  const auto is_id = [](const Json& item) {
    return is_whole(item) && item.get<std::uint64_t>() <= std::numeric_limits<std::int32_t>::max();
  };
  if (!value->is_array() || !std::all_of(value->begin(), value->end(), is_id))
    return wrong(name, *value, "a list of token ids");
  out = value->get<std::vector<std::int32_t>>();
}

void Fields::messages(const char* name, std::vector<record::Message>& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_array()) return wrong(name, *value, "a list of messages");
  std::vector<record::Message> list;
  for (const Json& item : *value) {
    const Json* role = item.is_object() ? text_member(item, "role") : nullptr;
    const Json* content = item.is_object() ? text_member(item, "content") : nullptr;
    if (role == nullptr || content == nullptr || !has_only(item, {"role", "content"}))
      return wrong(fmt::format("{}[{}]", name, list.size()), item,
                   "an object with the texts role and content");
    list.push_back({.role = role->get<std::string>(), .content = content->get<std::string>()});
  }
  out = std::move(list);
}

void Fields::params(const char* name, record::Params& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_object()) return wrong(name, *value, "an object of parameters");
  out = record::params_from_json(*value);
}

void Fields::optional_params(const char* name, record::Params& out) {
  if (object_.contains(name)) return params(name, out);
  known_.emplace_back(name);
}

void Fields::effective(const char* name, record::EffectiveParams& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_object()) return wrong(name, *value, "an object of parameters");
  for (const auto& [key, entry] : value->items()) {
    const Json* how = entry.is_object() ? text_member(entry, "how") : nullptr;
    if (how == nullptr || !entry.contains("value") || !has_only(entry, {"value", "how"}) ||
        record::name_of(record::applied_from(how->get_ref<const std::string&>())) !=
            how->get_ref<const std::string&>())
      return wrong(fmt::format("{}.{}", name, printable(key, kShownColumns)), entry,
                   "an object with value and how (verified, unverified or not_supported)");
  }
  out = record::effective_from_json(*value);
}

void Fields::optional_effective(const char* name, record::EffectiveParams& out) {
  if (object_.contains(name)) return effective(name, out);
  known_.emplace_back(name);
}

void Fields::events(const char* name, std::vector<record::TokenEvent>& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_array()) return wrong(name, *value, "a list of token events");
  std::vector<record::TokenEvent> list;
  list.reserve(value->size());
  for (const Json& item : *value) {
    constexpr auto kMaxTime = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const bool good = item.is_array() && item.size() == 3 && is_whole(item[0]) && is_whole(item[1]) &&
                      is_whole(item[2]) && item[0].get<std::uint64_t>() <= kMaxTime &&
                      item[1].get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max() &&
                      item[2].get<std::uint64_t>() <= 2;
    if (!good)
      return wrong(fmt::format("{}[{}]", name, list.size()), item,
                   "[nanoseconds, tokens, kind] with kind 0 (answer), 1 (reasoning) or 2 (tool)");
    list.push_back({.at = Nanos{item[0].get<std::int64_t>()},
                    .count = item[1].get<std::uint32_t>(),
                    .kind = static_cast<record::TokenKind>(item[2].get<std::uint8_t>())});
  }
  out = std::move(list);
}

void Fields::scores(const char* name, std::vector<record::ChoiceScore>& out) {
  const Json* value = need(name);
  if (value == nullptr) return;
  if (!value->is_array()) return wrong(name, *value, "a list of scores");
  std::vector<record::ChoiceScore> list;
  for (const Json& item : *value) {
    const std::optional<record::ChoiceScore> score = record::choice_score_from(item);
    if (!score)
      return wrong(
          fmt::format("{}[{}]", name, list.size()), item,
          "an object with log_likelihood (at most 0), tokens (at least 1), bytes, greedy, and perhaps "
          "inside_token");
    list.push_back(*score);
  }
  out = std::move(list);
}

void Fields::optional_value(const char* name, Json& out) {
  if (const Json* value = find(name); value != nullptr) out = *value;
}

Result<void> Fields::done() {
  for (const auto& [key, value] : object_.items())
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      const std::string near = nearest(key, known_);
      fail_with(fmt::format("unknown member '{}'", printable(key, kShownColumns)),
                near.empty() ? "one of: " + join(known_, ", ") : fmt::format("perhaps '{}'", near));
    }
  if (error_) return fail(*error_);
  return {};
}

}  // namespace assay::wire
