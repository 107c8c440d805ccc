#include "exchange/json_reader.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "record/value_stack.h"

namespace assay::exchange {
namespace {

using record::Value;

/// Line and column of a byte. Continuation bytes of UTF-8 are no columns.
Location place_of(std::string_view text, std::size_t offset, const std::string& file) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const std::string_view line = before.substr(line_start);
  return {.file = file,
          .line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          .column = 1 + static_cast<int>(std::count_if(line.begin(), line.end(), is_start))};
}

/// Removes all but the last of equal keys. Sorting keeps an object of a million keys fast.
void keep_last(Value& object, std::vector<std::string>& repeated) {
  if (object.keys.size() < 2) return;
  std::vector<std::size_t> order(object.keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return object.keys[a] < object.keys[b]; });
  std::vector<bool> drop(object.keys.size(), false);
  bool any = false;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (object.keys[order[i]] != object.keys[order[i + 1]]) continue;
    drop[order[i]] = true;
    any = true;
    constexpr std::size_t kMostNamed = 20;
    if (repeated.size() < kMostNamed) repeated.push_back(object.keys[order[i]]);
  }
  if (!any) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < drop.size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) {
      object.keys[kept] = std::move(object.keys[i]);
      object.items[kept] = std::move(object.items[i]);
    }
    ++kept;
  }
  object.keys.resize(kept);
  object.items.resize(kept);
}

/// Takes the parser's events.
class Builder {
 public:
  Builder(JsonFile& file, const JsonFileLimits& limits) : file_(file), limits_(limits) {}

  bool null() { return add({}); }
  bool boolean(bool value) { return add(Value::of_boolean(value)); }
  bool number_integer(std::int64_t value) { return add(Value::of_number(fmt::format("{}", value))); }
  bool number_unsigned(std::uint64_t value) { return add(Value::of_number(fmt::format("{}", value))); }
  bool number_float(double /*value*/, const std::string& literal) { return add(Value::of_number(literal)); }
  bool string(std::string& text) { return add(Value::of_text(std::move(text))); }
  bool binary(Json::binary_t& /*bytes*/) { return false; }
  bool start_object(std::size_t /*size*/) { return open(Value::Kind::mapping); }
  bool start_array(std::size_t /*size*/) { return open(Value::Kind::list); }
  bool end_object() {
    keep_last(values_.top(), file_.repeated_keys);
    return close();
  }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    values_.top().keys.push_back(std::move(name));
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const Json::exception& why) {
    offset = position == 0 ? 0 : position - 1;
    const bool range = why.id == 406;  // the parser's number for a literal that no double holds
    found = token.empty()
                ? "the file ends here"
                : fmt::format("{}'{}'", range ? "a number out of range, " : "", printable(token, 40));
    return false;
  }

  Value take() { return std::move(values_.whole()); }

  std::size_t offset = 0;
  std::string found;   ///< not empty: wrong at `offset`
  std::string excess;  ///< not empty: a limit was passed

 private:
  bool add(Value value) {
    if (!counted()) return false;
    values_.add(std::move(value));
    return true;
  }
  bool open(Value::Kind kind) {
    if (values_.depth() >= limits_.max_depth) {
      excess = fmt::format("nested more than {} deep", limits_.max_depth);
      return false;
    }
    values_.open(kind);
    return true;
  }
  bool close() {
    if (!counted()) return false;
    values_.close();
    return true;
  }
  bool counted() {
    if (++count_ <= limits_.max_values) return true;
    excess = fmt::format("more than {} values", limits_.max_values);
    return false;
  }

  JsonFile& file_;
  const JsonFileLimits& limits_;
  std::size_t count_ = 0;
  record::ValueStack values_;
};

Error too_much(const std::string& file, std::string found, const JsonFileLimits& limits) {
  return {.code = Code::bad_input,
          .where = {.file = file, .line = 0, .column = 0},
          .found = std::move(found),
          .expected = fmt::format("at most {} MiB and {} values", limits.max_bytes >> 20U, limits.max_values),
          .remedy = "Split the file, one model in each"};
}

Error wrong_at(std::string_view text, std::size_t offset, const std::string& file, std::string found) {
  return {.code = Code::bad_input,
          .where = place_of(text, offset, file),
          .found = std::move(found),
          .expected = "JSON as in RFC 8259, in UTF-8, without NaN, comments and trailing commas",
          .remedy = {}};
}

}  // namespace

Result<JsonFile> read_json_file(std::string_view text, const std::string& file,
                                const JsonFileLimits& limits) {
  if (text.size() > limits.max_bytes)
    return fail(too_much(file, fmt::format("a file of {} bytes", text.size()), limits));
  if (const auto bad = first_invalid_utf8(text)) {
    const auto byte = static_cast<unsigned char>(text[*bad]);
    return fail(wrong_at(text, *bad, file, fmt::format("the byte 0x{:02x} is no UTF-8", byte)));
  }
  // The parser takes a NUL for the end and would not see what stands behind it.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
    return fail(wrong_at(text, nul, file, "a NUL byte"));
  JsonFile result;
  Builder builder(result, limits);
  if (Json::sax_parse(text.begin(), text.end(), &builder)) {
    result.value = builder.take();
    return result;
  }
  if (!builder.excess.empty()) return fail(too_much(file, builder.excess, limits));
  return fail(wrong_at(text, builder.offset, file, builder.found.empty() ? "no JSON" : builder.found));
}

}  // namespace assay::exchange
