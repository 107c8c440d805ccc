#include <array>
#include <cstring>
#include <type_traits>

#include "model/gguf.h"

namespace assay::model {
namespace {

template <class Number>
void put(std::string& to, Number number) {
  std::array<char, sizeof number> raw{};
  std::memcpy(raw.data(), &number, sizeof number);
  to.append(raw.data(), raw.size());
}

void put_string(std::string& to, std::string_view text) {
  put(to, static_cast<std::uint64_t>(text.size()));
  to += text;
}

void put_value(std::string& to, const GgufValue& value) {
  put(to, static_cast<std::uint32_t>(value.index()));  // the alternatives stand in the order of GgufType
  std::visit(
      [&to](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          put_string(to, held);
        } else if constexpr (std::is_same_v<Held, GgufArray>) {
          put(to, static_cast<std::uint32_t>(held.item));
          put(to, held.count);
          to += held.raw;
        } else {
          put(to, held);
        }
      },
      value);
}

}  // namespace

std::string write_gguf_head(const Gguf& file) {
  std::string bytes = "GGUF";
  put(bytes, file.version);
  put(bytes, static_cast<std::uint64_t>(file.tensors.size()));
  put(bytes, static_cast<std::uint64_t>(file.pairs.size()));
  for (const GgufPair& pair : file.pairs) {
    put_string(bytes, pair.key);
    put_value(bytes, pair.value);
  }
  for (const GgufTensor& tensor : file.tensors) {
    put_string(bytes, tensor.name);
    put(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
    for (const std::uint64_t extent : tensor.shape) put(bytes, extent);
    put(bytes, tensor.type);
    put(bytes, tensor.offset);
  }
  if (!file.tensors.empty()) bytes.resize(padded(bytes.size(), file.alignment), '\0');
  return bytes;
}

}  // namespace assay::model
