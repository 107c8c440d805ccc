// What the codecs of requests and replies share: the object of a line, and the table from its type word to a
// reader. Internal to wire/.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "base/result.h"
#include "base/text.h"
#include "wire/fields.h"
#include "wire/messages.h"

namespace assay::wire {

/// {"type", "id"}, which every message begins with.
Json base_json(const char* type, Id id);
/// The line's object, which has a type word.
Result<Json> parse_line(std::string_view line);

/// `Any` is Request or Reply; `read` takes the members that the message has besides type and id.
template <class Any, class Message, void (*read)(Fields&, Message&)>
Result<Any> read_message(const Json& object, const char* type) {
  Message message;
  Fields fields(object, type);
  std::string word;
  fields.text("type", word);
  fields.whole("id", message.id);
  read(fields, message);
  if (const Result<void> good = fields.done(); !good) return fail(good.error());
  return Any(std::move(message));
}

template <class Any>
struct Entry {
  const char* type;
  Result<Any> (*read)(const Json&, const char*);
};

template <class Any, std::size_t n>
Result<Any> decode(std::string_view line, const std::array<Entry<Any>, n>& table) {
  const Result<Json> object = parse_line(line);
  if (!object) return fail(object.error());
  const auto& type = object->find("type")->template get_ref<const std::string&>();
  std::vector<std::string> known;
  for (const Entry<Any>& entry : table) {
    if (type == entry.type) return entry.read(*object, entry.type);
    known.emplace_back(entry.type);
  }
  return fail(bad_input(fmt::format("unknown message type '{}'", printable(type, 40)),
                        "one of: " + join(known, ", ")));
}

}  // namespace assay::wire
