#include "suite/plain_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace assay::suite {

bool check_text(std::string_view text, const std::string& file, Errors& errors, Place start,
                std::uint64_t offset) {
  std::size_t bad = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
      bad = i;
      break;
    }
  }
  const std::size_t invalid = first_invalid_utf8(text).value_or(text.size());
  const std::size_t at = std::min(bad, invalid);
  if (at == text.size()) return true;
  auto line = static_cast<int>(start.line);
  auto column = static_cast<int>(start.column);
  for (std::size_t i = 0; i < at; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((c & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  const bool encoding = invalid <= bad;
  errors.push_back(
      {.code = Code::bad_input,
       .where = {file, line, column},
       .found = fmt::format("byte 0x{:02x} at offset {} is {}", static_cast<unsigned char>(text[at]),
                            offset + at, encoding ? "not UTF-8" : "a control character"),
       .expected = encoding ? "UTF-8" : "text",
       .remedy = encoding ? "Save the file as UTF-8" : "Write it as an escape in double quotes"});
  return false;
}

}  // namespace assay::suite
