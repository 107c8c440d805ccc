// SHA-256, for identities that must survive re-ordering, machines and years.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
std::string hex(const Digest& digest);
/// The first `digits` hexadecimal digits of SHA-256, for short ids.
std::string short_hash(std::string_view bytes, std::size_t digits);

}  // namespace assay
