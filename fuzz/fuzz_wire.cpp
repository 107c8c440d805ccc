// Lines of the wire protocol. What decodes must come back the same after encode; nothing may crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/messages.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::wire;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  if (const auto request = decode_request(line)) {
    const auto again = decode_request(encode(*request));
    CHECK(again && *again == *request);
  }
  if (const auto reply = decode_reply(line)) {
    const auto again = decode_reply(encode(*reply));
    CHECK(again && *again == *reply);
  }
  return 0;
}
