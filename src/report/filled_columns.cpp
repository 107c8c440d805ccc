#include "report/filled_columns.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace assay::report {

void FilledColumns::put(std::string_view id, std::string_view name, std::string_view unit, Align align,
                        std::string_view cell, std::string spread) {
  constexpr std::size_t kLongestCell = 80;
  auto at = std::find_if(columns_.begin(), columns_.end(), [&](const auto& one) { return one.id == id; });
  if (at == columns_.end()) {
    columns_.push_back({std::string(id), std::string(name), std::string(unit), align, {}, {}, {}});
    at = columns_.end() - 1;
  }
  at->cells.push_back(printable(cell, kLongestCell));
  at->spread.push_back(std::move(spread));
  at->best.push_back(false);
}

}  // namespace assay::report
