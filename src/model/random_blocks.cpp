#include "model/random_blocks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace assay::model {
namespace {

/// A half-precision number at a place of a block. The layout of blocks is that of the engine's ggml-common.h.
struct Scale {
  std::size_t offset;
  std::uint16_t half;
};

/// `d` where the block's other bytes are uniform: quants of deviation s under scales of mean t give s·t·d =
/// 0.02; and the minimum that makes their mean 0.
struct Filling {
  std::string_view type;
  std::array<Scale, 2> scales;  ///< equal ones where there is one only
};

// Halves: 0x1c66 0.0043, 0x1881 0.0022, 0x0c7a 2.8e-4, 0x00f5 1.46e-5, 0x0875 1.36e-4, 0x1437 1.03e-3,
// 0x0475 6.8e-5, 0x1451 1.05e-3, 0x0fb3 4.7e-4, 0x18ea 2.4e-3, 0x1b60 3.6e-3, 0xa829 -0.0325, 0xa85a -0.034.
constexpr std::array kFillings{
    Filling{"Q4_0", {{{0, 0x1c66}, {0, 0x1c66}}}},     Filling{"Q4_1", {{{0, 0x1c66}, {2, 0xa829}}}},
    Filling{"Q5_0", {{{0, 0x1881}, {0, 0x1881}}}},     Filling{"Q5_1", {{{0, 0x1881}, {2, 0xa85a}}}},
    Filling{"Q8_0", {{{0, 0x0c7a}, {0, 0x0c7a}}}},     Filling{"Q2_K", {{{80, 0x18ea}, {82, 0x1b60}}}},
    Filling{"Q3_K", {{{108, 0x0fb3}, {108, 0x0fb3}}}}, Filling{"Q4_K", {{{0, 0x0875}, {2, 0x1437}}}},
    Filling{"Q5_K", {{{0, 0x0475}, {2, 0x1451}}}},     Filling{"Q6_K", {{{208, 0x00f5}, {208, 0x00f5}}}},
};

/// Bits of a number that stay random, and those that are set: an exponent for 1/128 to 1/64.
struct Bits {
  std::string_view type;
  std::uint64_t keep;
  std::uint64_t set;
};
constexpr std::array kPlain{
    Bits{"F16", 0x83ff'83ff'83ff'83ffU, 0x2000'2000'2000'2000U},
    Bits{"BF16", 0x807f'807f'807f'807fU, 0x3c00'3c00'3c00'3c00U},
    Bits{"F32", 0x807f'ffff'807f'ffffU, 0x3c00'0000'3c00'0000U},
};

template <class Table>
const typename Table::value_type* entry(const Table& table, std::string_view type) {
  const auto at = std::ranges::find(table, type, &Table::value_type::type);
  return at == table.end() ? nullptr : &*at;
}

void fill(SplitMix64& random, std::span<char> to, std::uint64_t keep, std::uint64_t set) {
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= to.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t word = (random.next() & keep) | set;
    std::memcpy(to.data() + at, &word, sizeof word);
  }
  const std::uint64_t word = (random.next() & keep) | set;
  std::memcpy(to.data() + at, &word, to.size() - at);
}

}  // namespace

bool can_fill(const TensorType& type) {
  return entry(kFillings, type.name) != nullptr || entry(kPlain, type.name) != nullptr;
}

void fill_random(const TensorType& type, SplitMix64& random, std::span<char> to) {
  if (const Bits* plain = entry(kPlain, type.name)) return fill(random, to, plain->keep, plain->set);
  const Filling* filling = entry(kFillings, type.name);
  CHECK(filling != nullptr && to.size() % type.block_bytes == 0);
  fill(random, to, ~0ULL, 0);
  for (std::size_t block = 0; block < to.size(); block += type.block_bytes) {
    for (const Scale& scale : filling->scales)
      std::memcpy(to.data() + block + scale.offset, &scale.half, sizeof scale.half);
  }
}

}  // namespace assay::model
