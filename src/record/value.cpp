#include "record/value.h"

#include <algorithm>

#include <fmt/format.h>

#include "record/value_stack.h"

namespace assay::record {
namespace {

constexpr std::size_t kMaxDepth = 512;

bool is_json_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - from;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const bool zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

std::string json_string(std::string_view text) {
  return dump(Json(std::string(text)));
}

/// Writes JSON; `scalar` decides how numbers and texts look.
template <class Scalar>
void write(const Value& value, std::string& out, const Scalar& scalar) {
  switch (value.kind) {
    case Value::Kind::null: out += "null"; return;
    case Value::Kind::boolean: out += value.text; return;
    case Value::Kind::number:
    case Value::Kind::text: out += scalar(value); return;
    case Value::Kind::list:
      out += '[';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        write(value.items[i], out, scalar);
      }
      out += ']';
      return;
    case Value::Kind::mapping:
      out += '{';
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ',';
        out += json_string(value.keys[i]);
        out += ':';
        write(value.items[i], out, scalar);
      }
      out += '}';
      return;
  }
}

/// Builds a Value from parser events; keeps number literals where the parser hands them over. `tagged` reads
/// the canonical form, where strings begin with '=' (text) or '#' (number).
class Builder {
 public:
  explicit Builder(bool tagged) : tagged_(tagged) {}

  bool null() { return add({}); }
  bool boolean(bool value) { return add(Value::of_boolean(value)); }
  bool number_integer(std::int64_t value) { return add(Value::of_number(fmt::format("{}", value))); }
  bool number_unsigned(std::uint64_t value) { return add(Value::of_number(fmt::format("{}", value))); }
  bool number_float(double /*value*/, const std::string& literal) { return add(Value::of_number(literal)); }
  bool string(std::string& text) {
    if (!tagged_) return add(Value::of_text(std::move(text)));
    if (text.empty() || (text[0] != '=' && text[0] != '#')) return stop("a text without its mark");
    const bool number = text[0] == '#';
    text.erase(0, 1);
    return add(number ? Value::of_number(std::move(text)) : Value::of_text(std::move(text)));
  }
  bool binary(Json::binary_t& /*bytes*/) { return stop("binary data"); }
  bool start_object(std::size_t /*size*/) { return open(Value::Kind::mapping); }
  bool start_array(std::size_t /*size*/) { return open(Value::Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    const std::vector<std::string>& keys = values.top().keys;
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) return stop("the key '" + name + "' twice");
    values.top().keys.push_back(std::move(name));
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*why*/) {
    return stop(fmt::format("no JSON value: wrong at byte {}", position == 0 ? 0 : position - 1));
  }

  ValueStack values;
  std::string trouble;

 private:
  bool add(Value value) {
    values.add(std::move(value));
    return true;
  }
  bool open(Value::Kind kind) {
    if (values.depth() >= kMaxDepth) return stop(fmt::format("nested more than {} deep", kMaxDepth));
    values.open(kind);
    return true;
  }
  bool close() {
    values.close();
    return true;
  }
  bool stop(std::string why) {
    trouble = std::move(why);
    return false;
  }

  bool tagged_;
};

Result<Value> build(std::string_view text, bool tagged) {
  Builder builder(tagged);
  bool whole = false;
  try {
    whole = Json::sax_parse(text.begin(), text.end(), &builder);
  } catch (const Json::exception& error) {
    builder.trouble = error.what();
  }
  if (whole && builder.trouble.empty()) return std::move(builder.values.whole());
  return fail({.code = Code::bad_input,
               .where = {},
               .found = builder.trouble.empty() ? "no JSON value" : builder.trouble,
               .expected = "one JSON value as in RFC 8259",
               .remedy = {}});
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  const auto at = std::find(keys.begin(), keys.end(), key);
  return at == keys.end() ? nullptr : &items[static_cast<std::size_t>(at - keys.begin())];
}

std::string as_text(const Value& value) {
  if (value.kind == Value::Kind::null) return {};
  if (value.is_scalar()) return value.text;
  std::string out;
  write(value, out, [](const Value& scalar) {
    const bool plain = scalar.kind == Value::Kind::number && is_json_number(scalar.text);
    return plain ? scalar.text : json_string(scalar.text);
  });
  return out;
}

Json to_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: return nullptr;
    case Value::Kind::boolean: return value.text == "true";
    case Value::Kind::text: return value.text;
    case Value::Kind::number: {
      if (!is_json_number(value.text)) return value.text;
      const Json number = Json::parse(value.text, nullptr, false);
      return number.is_discarded() ? Json(value.text) : number;
    }
    case Value::Kind::list: {
      Json list = Json::array();
      for (const Value& item : value.items) list.push_back(to_json(item));
      return list;
    }
    case Value::Kind::mapping: {
      Json object = Json::object();
      for (std::size_t i = 0; i < value.items.size(); ++i) object[value.keys[i]] = to_json(value.items[i]);
      return object;
    }
  }
  return nullptr;
}

std::string canonical(const Value& value) {
  std::string out;
  write(value, out, [](const Value& scalar) {
    return json_string((scalar.kind == Value::Kind::number ? "#" : "=") + scalar.text);
  });
  return out;
}

Result<Value> from_canonical(std::string_view text) {
  return build(text, true);
}

Result<Value> value_from_json(std::string_view text) {
  return build(text, false);
}

std::string_view name_of(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null: return "nothing";
    case Value::Kind::boolean: return "true or false";
    case Value::Kind::number: return "a number";
    case Value::Kind::text: return "text";
    case Value::Kind::list: return "a list";
    case Value::Kind::mapping: return "a mapping";
  }
  return "nothing";
}

}  // namespace assay::record
