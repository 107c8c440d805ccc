#include "evaluator/text_calls.h"

#include <optional>

#include "evaluator/json_text.h"

namespace assay::evaluator {
namespace {

class Collector {
 public:
  Collector(const JsonTree& tree, const Toolbox* tools, std::vector<record::ToolCall>& calls)
      : tree_(tree), tools_(tools), calls_(calls) {}

  void take(std::uint32_t node) {
    const JsonKind kind = tree_.nodes[node].kind;
    if (kind == JsonKind::array) take_all(node);
    if (kind != JsonKind::object) return;
    if (const auto list = member(node, "tool_calls", JsonKind::array)) return take_all(*list);
    if (const auto function = member(node, "function", JsonKind::object)) return take_call(*function);
    take_call(node);
  }

 private:
  void take_all(std::uint32_t list) {
    for (std::uint32_t item = list + 1; item < tree_.nodes[list].next; item = tree_.nodes[item].next)
      take(item);
  }

  void take_call(std::uint32_t object) {
    const auto name = member(object, "name", JsonKind::string);
    if (!name) return;
    const auto arguments = arguments_of(object);
    std::string text = tree_.string_at(*name);
    const bool known = tools_ != nullptr && tools_->offers(text);
    if (text.empty() || (!arguments && !known)) return;
    calls_.push_back({std::move(text), arguments.value_or("")});
  }

  std::optional<std::string> arguments_of(std::uint32_t object) const {
    for (const std::string_view key : {"arguments", "parameters"}) {
      if (const auto value = member(object, key, JsonKind::object)) return std::string(tree_.source(*value));
      if (const auto text = member(object, key, JsonKind::string)) return tree_.string_at(*text);
    }
    return std::nullopt;
  }

  /// The last member of this name, when it is of this kind.
  std::optional<std::uint32_t> member(std::uint32_t object, std::string_view key, JsonKind kind) const {
    std::optional<std::uint32_t> found;
    for (std::uint32_t at = object + 1; at < tree_.nodes[object].next;) {
      const std::uint32_t value = tree_.nodes[at].next;
      if (tree_.string_at(at) == key) found = value;
      at = tree_.nodes[value].next;
    }
    return found && tree_.nodes[*found].kind == kind ? found : std::nullopt;
  }

  const JsonTree& tree_;
  const Toolbox* tools_;
  std::vector<record::ToolCall>& calls_;
};

}  // namespace

TextCalls calls_in(std::string_view text, const Toolbox* tools) {
  TextCalls found;
  std::size_t budget = json_budget(text);
  for (std::size_t from = 0;;) {
    const JsonSearch next = find_json(text, {}, from, budget);
    found.limit = next.limit;
    if (next.limit || !next.place) return found;
    const auto tree = parse_json_text(text.substr(next.place->begin, next.place->end - next.place->begin));
    if (tree) Collector(*tree, tools, found.calls).take(0);
    from = next.place->end;
  }
}

}  // namespace assay::evaluator
