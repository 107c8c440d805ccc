#include "exchange/llama_bench_text.h"

#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::exchange {
namespace {

constexpr std::size_t kMostBytes = 256U << 20U;
constexpr std::uint32_t kReplacement = 0xFFFD;

tl::unexpected<Error> bad(const std::string& file, std::string found, std::string expected,
                          std::string remedy) {
  return fail({.code = Code::bad_input,
               .where = {.file = file, .line = 0, .column = 0},
               .found = std::move(found),
               .expected = std::move(expected),
               .remedy = std::move(remedy)});
}

/// `bytes` behind the mark. A surrogate without its other half becomes U+FFFD.
std::string from_utf16(std::string_view bytes, bool little) {
  const auto unit = [&](std::size_t at) {
    const auto a = static_cast<unsigned char>(bytes[at]);
    const auto b = static_cast<unsigned char>(bytes[at + 1]);
    return static_cast<std::uint32_t>(little ? b << 8U | a : a << 8U | b);
  };
  std::string text;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    const std::uint32_t first = unit(at);
    if (first < 0xD800 || first > 0xDFFF) {
      append_utf8(first, text);
      continue;
    }
    const std::uint32_t second = first < 0xDC00 && at + 3 < bytes.size() ? unit(at + 2) : 0;
    const bool is_pair = second >= 0xDC00 && second <= 0xDFFF;
    append_utf8(is_pair ? 0x10000 + ((first - 0xD800) << 10U) + (second - 0xDC00) : kReplacement, text);
    if (is_pair) at += 2;
  }
  return text;
}

std::string as_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes.substr(2), true);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes.substr(2), false);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return to_valid_utf8(bytes);
}

bool begins_json(std::string_view line) {
  line = trim(line);
  if (line.starts_with('{')) return true;
  if (!line.starts_with('[')) return false;
  const std::string_view rest = trim(line.substr(1));  // "[12:30] loading" is a message
  return rest.empty() || rest.starts_with('{') || rest.starts_with(']');
}

/// A line of another program, or an empty one. Whatever could be a piece of JSON is none, so that a file that
/// lost its beginning or its end is not taken for a shorter one.
bool is_message(std::string_view line) {
  line = trim(line);
  if (line.empty()) return true;
  constexpr std::string_view kBegins = "{}[]\"-0123456789";
  constexpr std::string_view kEnds = "{}[],";
  return kBegins.find(line.front()) == std::string_view::npos &&
         kEnds.find(line.back()) == std::string_view::npos;
}

std::string_view without_messages(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!is_message(text.substr(0, end))) break;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!text.empty()) {
    const std::size_t before = text.find_last_of('\n');
    const bool is_first = before == std::string_view::npos;
    if (!is_message(is_first ? text : text.substr(before + 1))) break;
    text = text.substr(0, is_first ? 0 : before);
  }
  return text;
}

struct OtherForm {
  std::string_view beginning;  ///< of a line
  std::string_view name;
};
constexpr std::array kOtherForms{
    OtherForm{"build_commit,", "llama-bench's CSV"},           OtherForm{"CREATE TABLE", "llama-bench's SQL"},
    OtherForm{"INSERT INTO llama_bench", "llama-bench's SQL"}, OtherForm{"| model ", "a Markdown table"},
    OtherForm{"schema,assay_version,", "assay's CSV"},
};

/// What is wrong with a text that is neither JSON nor lines of it.
Error complaint(std::string_view text, const std::string& file, const Error& parser) {
  constexpr const char* kRewrite = "Write the file with: llama-bench -o json (or -o jsonl)";
  if (trim(text).empty()) return bad(file, "the file is empty", "results of llama-bench", kRewrite).value();
  bool ended = false;
  bool has_json = false;
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty()) continue;
    for (const OtherForm& form : kOtherForms)
      if (trim(line).starts_with(form.beginning))
        return bad(file, fmt::format("it is {}, which has no repetitions", form.name),
                   "JSON with the time of each", kRewrite)
            .value();
    if (ended && begins_json(line)) {
      Error error = bad(file, "another list of results begins here", "one list in a file",
                        "Give each file by itself: --beside A --beside B")
                        .value();
      error.where.line = number;
      return error;
    }
    ended = trim(line).ends_with(']');
    has_json = has_json || begins_json(line);
  }
  if (!has_json) return bad(file, "no JSON is in it", "results of llama-bench", kRewrite).value();
  Error error = parser;
  error.where.file = file;
  error.remedy =
      "If the file was cut short, let llama-bench finish, or take -o jsonl; if messages stand among the "
      "results, write it without 2>&1";
  return error;
}

Result<Json> read_lines(std::string_view text, const std::string& file) {
  Json list = Json::array();
  int number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (is_message(line)) continue;
    auto json = parse_json(line, {.max_bytes = kMostBytes});
    if (!json) {
      json.error().where = {.file = file, .line = number, .column = 0};
      json.error().remedy = "Leave a line out that was cut short";
      return fail(json.error());
    }
    list.push_back(std::move(*json));
    if (list.size() > kMostBenchRows)
      return bad(file, fmt::format("more than {} results", kMostBenchRows), "fewer",
                 "Give the lines that you want to see");
  }
  return list;
}

}  // namespace

Result<Json> read_bench_text(std::string_view bytes, const std::string& file) {
  const std::string all = as_utf8(bytes);
  auto whole = parse_json(all, {.max_bytes = kMostBytes});
  if (!whole) {
    const std::string_view text = without_messages(all);
    if (!text.empty() && text.size() < all.size()) whole = parse_json(text, {.max_bytes = kMostBytes});
    if (!whole && text.starts_with('{') && text.find('\n') != std::string_view::npos)
      return read_lines(all, file);
    if (!whole) return fail(complaint(all, file, whole.error()));
  }
  if (whole->is_object() && whole->contains("schema")) return whole;
  if (whole->is_object()) return Json::array({std::move(*whole)});
  if (!whole->is_array())
    return bad(file, "the file is JSON, but no list", "a list of results",
               "Write the file with: llama-bench -o json (or -o jsonl)");
  if (whole->size() > kMostBenchRows)
    return bad(file, fmt::format("{} results", whole->size()), fmt::format("at most {}", kMostBenchRows),
               "Give the results that you want to see");
  return whole;
}

bool looks_like_bench(std::string_view text) {
  const bool theirs = text.find("build_commit") != std::string_view::npos &&
                      text.find("model_n_params") != std::string_view::npos;
  return theirs || text.find("\"assay.bench/1\"") != std::string_view::npos;
}

}  // namespace assay::exchange
