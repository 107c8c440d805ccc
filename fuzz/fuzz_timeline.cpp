// Token timelines: what was accepted is written again byte for byte, and what was written is read again as it
// was.
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/check.h"
#include "store/timeline.h"

namespace {

using assay::record::TokenEvent;
using assay::record::TokenKind;

/// The same bytes taken as events: 13 bytes each.
std::vector<TokenEvent> events_from(std::string_view bytes) {
  std::vector<TokenEvent> events;
  for (; bytes.size() >= 13; bytes.remove_prefix(13)) {
    std::int64_t at = 0;
    std::uint32_t count = 0;
    std::memcpy(&at, bytes.data(), sizeof at);
    std::memcpy(&count, bytes.data() + 8, sizeof count);
    events.push_back(
        {assay::Nanos{at}, count, static_cast<TokenKind>(static_cast<unsigned char>(bytes[12]) % 3)});
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const assay::Result<std::vector<TokenEvent>> read = assay::store::decode_timeline(bytes);
  if (read) CHECK(assay::store::encode_timeline(*read) == bytes);

  const std::vector<TokenEvent> events = events_from(bytes);
  const assay::Result<std::vector<TokenEvent>> again =
      assay::store::decode_timeline(assay::store::encode_timeline(events));
  CHECK(again && *again == events);
  return 0;
}
