#include "suite/json_lines.h"

#include <fmt/format.h>

#include "base/text.h"
#include "suite/json_tree.h"
#include "suite/plain_text.h"
#include "suite/text_source.h"

namespace assay::suite {
namespace {

/// Reads up to the line's end, which is taken too. False when the line is too long.
bool take_line(TextSource& source, std::string& line) {
  line.clear();
  for (int c = source.take(); c != TextSource::kEnd && c != '\n'; c = source.take()) {
    if (line.size() >= kMaxLineBytes) return false;
    line += static_cast<char>(c);
  }
  return true;
}

}  // namespace

void for_each_json_line(Reader& reader, const std::string& path, const std::function<bool(Node)>& visit,
                        const std::function<void(const Error&)>& bad_line) {
  TextSource source(path);
  Tree tree;
  tree.file = path;
  std::string line;
  while (source.peek() != TextSource::kEnd) {
    const Place start = source.place();
    const std::uint64_t offset = source.offset();
    if (!take_line(source, line)) {
      reader.error({path, static_cast<int>(start.line), 1},
                   fmt::format("a line of more than {} bytes", kMaxLineBytes), "a case on each line");
      return;
    }
    if (source.trouble()) break;  // a line that breaks off
    if (trim(line).empty()) continue;
    Errors wrong;
    const bool usable = check_text(line, path, wrong, start, offset) && read_json(line, start, tree, wrong);
    if (bad_line && !wrong.empty()) {
      bad_line(wrong.front());
      continue;
    }
    reader.errors.insert(reader.errors.end(), wrong.begin(), wrong.end());
    if (!usable && reader.error_count() > 1000) return;  // surely not a file of this kind
    if (usable && !visit(Node(tree, tree.root))) return;
  }
  if (source.trouble()) reader.error_at(source.trouble()->where, *source.trouble());
}

}  // namespace assay::suite
