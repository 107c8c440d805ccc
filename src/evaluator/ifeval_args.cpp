#include "evaluator/ifeval_args.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "evaluator/evaluator.h"
#include "evaluator/options.h"

namespace assay::evaluator {

using record::Value;

const Value* InstructionArgs::find(std::string_view name) {
  asked_.emplace_back(name);
  const Value* found = given_.find(name);
  return found == nullptr || found->kind == Value::Kind::null ? nullptr : found;
}

void InstructionArgs::fault(std::string_view name, std::string_view what, std::string_view expected) {
  refuse(suite_error(fmt::format("argument '{}' of {} {}", name, id_, what), std::string(expected)));
}

void InstructionArgs::refuse(Error error) {
  if (!error_) error_ = std::move(error);
}

std::string InstructionArgs::text(std::string_view name) {
  const Value* found = find(name);
  if (found != nullptr && found->is_scalar()) return found->text;
  fault(name, found == nullptr ? "is missing" : "is no text", "a text");
  return {};
}

long InstructionArgs::whole(std::string_view name) {
  const Value* found = find(name);
  long number = 0;
  if (found != nullptr && found->is_scalar()) {
    const std::string& text = found->text;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    // The published files write whole numbers with a point now and then: 3.0.
    const std::string_view rest(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
    if (read.ec == std::errc() && (rest.empty() || rest == ".0") && number >= 0) return number;
  }
  fault(name, found == nullptr ? "is missing" : "is no whole number", "a whole number");
  return 0;
}

std::vector<std::string> InstructionArgs::texts(std::string_view name) {
  const Value* found = find(name);
  std::vector<std::string> all;
  if (found != nullptr && found->kind == Value::Kind::list) {
    for (const Value& item : found->items) all.push_back(as_text(item));
  }
  if (all.empty()) fault(name, found == nullptr ? "is missing" : "is no list of texts", "a list of texts");
  return all;
}

std::function<bool(long)> InstructionArgs::relation(std::string_view name, long limit) {
  const std::string word = text(name);
  if (word == "less than") return [limit](long count) { return count < limit; };
  if (word != "at least") fault(name, "is " + as_quoted(word), "less than, or at least");
  return [limit](long count) { return count >= limit; };
}

Pattern InstructionArgs::pattern(std::string_view name, const std::string& source, std::string flags) {
  Result<Pattern> made = Pattern::compile(source, {.flags = std::move(flags), .full = false});
  if (made) return *made;
  Error error = made.error();
  error.found = fmt::format("argument '{}' of {}: {}", name, id_, error.found);
  refuse(std::move(error));
  return *Pattern::compile("x", {});
}

std::optional<Error> InstructionArgs::error() {
  for (std::size_t i = 0; i < given_.keys.size() && !error_; ++i) {
    const bool known = std::find(asked_.begin(), asked_.end(), given_.keys[i]) != asked_.end();
    if (!known && given_.items[i].kind != Value::Kind::null)
      error_ = suite_error(fmt::format("unknown argument '{}' of {}", given_.keys[i], id_),
                           asked_.empty() ? "none" : join(asked_, ", "));
  }
  return error_;
}

}  // namespace assay::evaluator
