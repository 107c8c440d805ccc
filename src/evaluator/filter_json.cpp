// json-block and json-pointer as filters.
#include "evaluator/filters.h"

#include "evaluator/evaluator.h"
#include "evaluator/json_pointer.h"
#include "evaluator/json_text.h"
#include "evaluator/options.h"

namespace assay::evaluator {
namespace {

class JsonBlockFilter final : public TextFilter {
 public:
  explicit JsonBlockFilter(JsonKinds kinds) : kinds_(kinds) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    const JsonSearch search = find_json(text, kinds_);
    if (search.limit) return Filtered::gave_up("looking for JSON took more than its steps on this text");
    if (!search.place) return Filtered::none();
    return Filtered::part(text.substr(search.place->begin, search.place->end - search.place->begin));
  }

 private:
  JsonKinds kinds_;
};

/// Text that is no JSON has no part, so it finds nothing. A string gives what it says, other values their
/// JSON.
class JsonPointerFilter final : public TextFilter {
 public:
  explicit JsonPointerFilter(std::string pointer) : pointer_(std::move(pointer)) {}

  Filtered apply(std::string_view text, const FilterContext& /*context*/) const override {
    const tl::expected<JsonTree, JsonFault> tree = parse_json_text(text);
    if (!tree) return Filtered::none();
    const std::optional<std::uint32_t> node = find_at(*tree, pointer_);
    if (!node) return Filtered::none();
    const std::string_view source = tree->source(*node);
    if (tree->nodes[*node].kind != JsonKind::string) return Filtered::part(source);
    if (tree->nodes[*node].escaped) return Filtered::text(tree->string_at(*node));
    return Filtered::part(source.substr(1, source.size() - 2));
  }

 private:
  std::string pointer_;
};

}  // namespace

MadeFilter make_json_block(std::string_view /*name*/, const record::Value& options) {
  JsonKinds kinds{.objects = false, .arrays = false};
  for (const std::string& kind : Options(options).texts("kinds", {"object", "array"})) {
    if (kind != "object" && kind != "array") {
      return fail(suite_error("option 'kinds' of json-block has " + as_quoted(kind), "object or array"));
    }
    (kind == "object" ? kinds.objects : kinds.arrays) = true;
  }
  return std::make_unique<JsonBlockFilter>(kinds);
}

MadeFilter make_json_pointer(std::string_view /*name*/, const record::Value& options) {
  const Options read(options);
  const std::string pointer = read.text("pointer", "");
  if (!read.has("pointer") || !is_pointer(pointer)) {
    return fail(suite_error(
        read.has("pointer") ? "the pointer is " + as_quoted(pointer) : "json-pointer has no pointer",
        "a JSON pointer (RFC 6901)", "Write /name, or /list/0"));
  }
  return std::make_unique<JsonPointerFilter>(pointer);
}

}  // namespace assay::evaluator
