#include "base/base64.h"

#include <openssl/evp.h>

namespace assay {

std::string base64(std::string_view bytes) {
  // The library counts in int; a piece of a multiple of three bytes has no padding within.
  constexpr std::size_t kPiece = 3U << 20U;
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t from = 0; from < bytes.size(); from += kPiece) {
    const std::string_view piece = bytes.substr(from, kPiece);
    const std::size_t old = text.size();
    text.resize(old + (piece.size() + 2) / 3 * 4 + 1);  // and the zero that it writes
    const int written =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + old),
                        reinterpret_cast<const unsigned char*>(piece.data()), static_cast<int>(piece.size()));
    text.resize(old + static_cast<std::size_t>(written));
  }
  return text;
}

}  // namespace assay
