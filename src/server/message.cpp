#include "server/message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"

namespace assay::server {

int status_of(Code code) {
  switch (code) {
    case Code::bad_input:
    case Code::unsupported: return 400;
    case Code::permission: return 403;
    case Code::not_found: return 404;
    case Code::conflict: return 409;
    default: return 500;
  }
}

OrderedJson problem_json(const Error& error) {
  OrderedJson json;
  json["file"] = error.where.file.empty() ? OrderedJson(nullptr) : OrderedJson(error.where.file);
  json["line"] = error.where.line == 0 ? OrderedJson(nullptr) : OrderedJson(error.where.line);
  json["column"] = error.where.column == 0 ? OrderedJson(nullptr) : OrderedJson(error.where.column);
  json["code"] = name_of(error.code);
  json["message"] = sentence(error);
  return json;
}

Reply reply_json(const OrderedJson& value, int status) {
  Reply reply;
  reply.status = status;
  reply.body = dump(value);
  return reply;
}

Reply refuse(const Error& error) {
  return reply_json({{"error", {{"message", message(error)}, {"code", name_of(error.code)}}}},
                    status_of(error.code));
}

Reply refuse(const Errors& errors, int status) {
  CHECK(!errors.empty());
  OrderedJson all = OrderedJson::array();
  for (const Error& error : errors) all.push_back(problem_json(error));
  return reply_json({{"error",
                      {{"message", message(errors.front())},
                       {"code", name_of(errors.front().code)},
                       {"errors", std::move(all)}}}},
                    status);
}

Reply refuse(int status, const std::string& sentence) {
  constexpr std::array kCodes{std::pair{401, Code::permission}, std::pair{403, Code::permission},
                              std::pair{404, Code::not_found}, std::pair{500, Code::internal}};
  const auto* const known =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const auto& one) { return one.first == status; });
  const Code code = known == kCodes.end() ? Code::bad_input : known->second;
  return reply_json({{"error", {{"message", sentence}, {"code", name_of(code)}}}}, status);
}

Reply plain_refusal(int status, const std::string& sentence) {
  return reply_json({{"error", sentence}}, status);
}

void Query::complain(std::string found, std::string expected) {
  if (error_) return;
  error_ = Error{.code = Code::bad_input,
                 .where = {},
                 .found = std::move(found),
                 .expected = std::move(expected),
                 .remedy = {}};
}

std::vector<std::string> Query::texts(std::string_view name, std::size_t longest) {
  std::vector<std::string> all;
  const auto [from, to] = asked_.params.equal_range(std::string(name));
  for (auto at = from; at != to; ++at) {
    if (at->second.size() > longest)
      complain(fmt::format("the parameter '{}' has {} bytes", name, at->second.size()),
               fmt::format("at most {}", longest));
    else if (first_invalid_utf8(at->second) || at->second.find('\0') != std::string::npos)
      complain(fmt::format("the parameter '{}' is no text in UTF-8", name), "UTF-8 without NUL");
    all.push_back(at->second);
  }
  return error_ ? std::vector<std::string>{} : all;
}

std::optional<std::string> Query::text(std::string_view name, std::size_t longest) {
  const std::vector<std::string> all = texts(name, longest);
  if (all.size() > 1) complain(fmt::format("the parameter '{}' is given {} times", name, all.size()), "once");
  if (error_ || all.empty()) return std::nullopt;
  return all.front();
}

std::optional<std::uint64_t> Query::number(std::string_view name, std::uint64_t least, std::uint64_t most) {
  constexpr std::size_t kLongest = 40;
  const std::optional<std::string> written = text(name, kLongest);
  if (!written) return std::nullopt;
  std::uint64_t value = 0;
  const char* end = written->data() + written->size();
  const auto [stopped, error] = std::from_chars(written->data(), end, value);
  if (error != std::errc{} || stopped != end || value < least || value > most) {
    complain(fmt::format("the parameter '{}' is '{}'", name, printable(*written, kLongest)),
             fmt::format("a whole number from {} to {}", least, most));
    return std::nullopt;
  }
  return value;
}

std::uint64_t Query::number_or(std::string_view name, std::uint64_t otherwise, std::uint64_t least,
                               std::uint64_t most) {
  return number(name, least, most).value_or(otherwise);
}

std::optional<std::string> Query::one_of(std::string_view name, const std::vector<std::string>& words) {
  constexpr std::size_t kLongest = 40;
  std::optional<std::string> word = text(name, kLongest);
  if (word && std::find(words.begin(), words.end(), *word) == words.end()) {
    complain(fmt::format("the parameter '{}' is '{}'", name, printable(*word, kLongest)),
             "one of: " + join(words, ", "));
    return std::nullopt;
  }
  return word;
}

}  // namespace assay::server
