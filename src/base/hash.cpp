#include "base/hash.h"

#include <openssl/sha.h>

#include <fmt/format.h>

namespace assay {

Digest sha256(std::string_view bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

std::string hex(const Digest& digest) {
  std::string text;
  text.reserve(64);
  for (const std::uint8_t byte : digest) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

std::string short_hash(std::string_view bytes, std::size_t digits) {
  return hex(sha256(bytes)).substr(0, digits);
}

}  // namespace assay
