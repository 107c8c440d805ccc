// Columns that are filled row by row: for tables whose rows are not those of a summary.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/cells.h"

namespace assay::report {

class FilledColumns {
 public:
  /// The next cell of the column `id`, which begins with its first one. The cell is made one line of at most
  /// 80 columns.
  void put(std::string_view id, std::string_view name, std::string_view unit, Align align,
           std::string_view cell, std::string spread = {});
  std::vector<TextColumn> take() { return std::move(columns_); }

 private:
  std::vector<TextColumn> columns_;
};

}  // namespace assay::report
