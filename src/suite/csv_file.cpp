#include "suite/csv_file.h"

#include "suite/json_lines.h"

namespace assay::suite {

void for_each_csv_row(Reader& reader, const std::string& path,
                      const std::function<bool(std::vector<Cell>&)>& visit) {
  TextSource source(path);
  for (;;) {
    auto row = read_row(source, kMaxLineBytes);
    // A file that breaks off in the middle of a row says that, and not what it did to the row.
    if (source.trouble()) return reader.error_at(source.trouble()->where, *source.trouble());
    if (!row) {
      Location where = row.error().where;
      where.file = path;
      return reader.error_at(where, row.error());
    }
    if (!*row || !visit(**row)) return;
  }
}

}  // namespace assay::suite
