// GGUF: no bytes make the reader crash, hang or take more memory than the file is large; and what was read,
// written and read again is the same file with the same facts.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "model/facts.h"
#include "model/gguf.h"
#include "model/memory.h"

using namespace assay;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto source = model::bytes_in_memory(bytes, "fuzz.gguf");
  const Result<model::Gguf> first = model::read_gguf(*source);
  if (!first) {
    CHECK(first.error().where.file == "fuzz.gguf" && !first.error().found.empty());
    CHECK(!first_invalid_utf8(message(first.error())));
    return 0;
  }
  CHECK(first->data_offset <= size && first->data_bytes <= size - first->data_offset);
  const model::ModelFacts facts = model::describe(*first);
  (void)model::memory_need(facts, {});

  const std::string head = model::write_gguf_head(*first);
  CHECK(head.size() == first->data_offset);
  const std::string again_bytes = head + std::string(bytes.substr(first->data_offset));
  const auto again_source = model::bytes_in_memory(again_bytes, "again.gguf");
  const Result<model::Gguf> again = model::read_gguf(*again_source);
  CHECK(again.has_value());
  CHECK(model::write_gguf_head(*again) == head);
  CHECK(model::describe(*again) == facts);
  return 0;
}
