// gzip: what was packed comes back, alone and as two members; and arbitrary bytes give an error or a text
// within the limit, the same in pieces of any size.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/gzip.h"
#include "testing/gzip.h"

namespace {

using namespace assay;

constexpr std::uint64_t kLimit = 1U << 18U;

/// The same data, a few bytes at a time. Absent: an error.
Result<std::string> in_pieces(std::string_view bytes, std::size_t in, std::size_t out) {
  Gunzip unpacking(kLimit);
  std::string text;
  std::string room(out, '\0');
  for (; !bytes.empty(); bytes.remove_prefix(std::min(in, bytes.size()))) {
    std::string_view piece = bytes.substr(0, in);
    for (std::size_t made = 1; made > 0;) {
      const Result<std::size_t> step = unpacking.unpack(piece, room);
      if (!step) return fail(step.error());
      made = *step;
      text.append(room, 0, made);
    }
    CHECK(piece.empty());
  }
  if (const Result<void> whole = unpacking.finish(); !whole) return fail(whole.error());
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t in = size == 0 ? 1 : data[0] % 50U + 1U;
  const std::size_t out = size < 2 ? 1 : data[1] % 200U + 1U;

  const std::size_t half = size / 2;
  const std::string two = testing::packed(bytes.substr(0, half)) + testing::packed(bytes.substr(half));
  CHECK(gunzip(testing::packed(bytes), size) == bytes);
  CHECK(gunzip(two, size) == bytes);
  CHECK(in_pieces(two, in, out) == bytes);

  const Result<std::string> read = gunzip(bytes, kLimit);
  const Result<std::string> again = in_pieces(bytes, in, out);
  CHECK(read.has_value() == again.has_value());
  if (read) CHECK(*read == *again && read->size() <= kLimit);
  return 0;
}
