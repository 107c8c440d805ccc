#include "evaluator/json_pointer.h"

#include <fmt/format.h>

namespace assay::evaluator {

bool is_pointer(std::string_view pointer) {
  if (!pointer.empty() && pointer[0] != '/') return false;
  for (std::size_t at = pointer.find('~'); at != std::string_view::npos; at = pointer.find('~', at + 1)) {
    if (at + 1 >= pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) return false;
  }
  return true;
}

std::string pointer_step(std::string_view name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~')
      step += "~0";
    else if (c == '/')
      step += "~1";
    else
      step.push_back(c);
  }
  return step;
}

std::optional<std::uint32_t> find_at(const JsonTree& tree, std::string_view pointer) {
  std::uint32_t node = 0;
  while (!pointer.empty()) {
    const std::size_t slash = pointer.find('/', 1);
    const std::string_view step = pointer.substr(0, slash);
    pointer.remove_prefix(step.size());
    const JsonNode& parent = tree.nodes[node];
    std::optional<std::uint32_t> found;
    std::size_t index = 0;
    const bool object = parent.kind == JsonKind::object;
    if (!object && parent.kind != JsonKind::array) return std::nullopt;
    for (std::uint32_t child = node + 1; child < parent.next;) {
      const std::uint32_t value = object ? child + 1 : child;
      const bool same =
          object ? pointer_step(tree.string_at(child)) == step : fmt::format("/{}", index) == step;
      if (same) found = value;  // the last of equal names wins
      child = tree.nodes[value].next;
      ++index;
    }
    if (!found) return std::nullopt;
    node = *found;
  }
  return node;
}

}  // namespace assay::evaluator
