#include "store/trial_key.h"

#include <string_view>

namespace assay::store {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> packed_key(const std::string& key) {
  if (key.empty() || key.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(key.size() / 2);
  for (std::size_t i = 0; i < key.size(); i += 2) {
    const std::optional<unsigned> high = hex_digit(key[i]);
    const std::optional<unsigned> low = hex_digit(key[i + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<char>(*high << 4U | *low));
  }
  return bytes;
}

std::string key_text(const Statement& row, int column) {
  const std::string_view bytes = row.view(column);
  if (!row.is_blob(column)) return std::string(bytes);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

}  // namespace assay::store
