// Packing, for tests of what unpacks. Needs zlib, which whoever links assay_base has.
#pragma once

#include <string>
#include <string_view>

#define ZLIB_CONST  // its input is const
#include <zlib.h>

#include "base/check.h"

namespace assay::testing {

/// One member of gzip (RFC 1952), without name and time, so that the same text gives the same bytes.
inline std::string packed(std::string_view text) {
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  constexpr int kMemory = 8;  // zlib's own
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipOnly, kMemory, Z_DEFAULT_STRATEGY) ==
        Z_OK);
  std::string bytes(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

}  // namespace assay::testing
