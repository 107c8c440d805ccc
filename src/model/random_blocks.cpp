#include "model/random_blocks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "base/check.h"

namespace assay::model {
namespace {

/// Bits of a block that are not random: at a byte offset, lower byte first. The layout of blocks is that of
/// the engine's ggml-common.h.
struct Fixed {
  std::size_t offset;
  std::uint16_t value;
  std::uint16_t mask = 0xffff;
};

/// A half-precision `d` such that weights have a deviation of 0.02 where the block's other bytes are uniform:
/// quants of deviation s under scales of mean t give s·t·d = 0.02; and the minimum that makes their mean 0.
/// Of IQ and TQ types s·t was taken from the engine's own dequantisation (gguf-py) of 2,000 random blocks.
struct Filling {
  std::string_view type;
  std::array<Fixed, 4> fixed = {};  ///< those with mask 0 are none
  std::uint64_t keep = ~0ULL;       ///< bits that are random
};
constexpr Fixed kNone{0, 0, 0};
constexpr std::array<Fixed, 4> half_at(std::size_t offset, std::uint16_t half) {
  return {{{offset, half}, kNone, kNone, kNone}};
}
constexpr std::array<Fixed, 4> halves_at(std::size_t d, std::uint16_t half, std::size_t minimum,
                                         std::uint16_t minimum_half) {
  return {{{d, half}, {minimum, minimum_half}, kNone, kNone}};
}

// Halves: 0x1c66 0.0043, 0x1881 0.0022, 0x0c7a 2.8e-4, 0x00f5 1.46e-5, 0x0875 1.36e-4, 0x1437 1.03e-3,
// 0x0475 6.8e-5, 0x1451 1.05e-3, 0x0fb3 4.7e-4, 0x18ea 2.4e-3, 0x1b60 3.6e-3, 0xa829 -0.0325, 0xa85a -0.034,
// 0x251f 0.02, 0x2644 0.0245.
constexpr std::array kFillings{
    Filling{"Q4_0", half_at(0, 0x1c66)}, Filling{"Q4_1", halves_at(0, 0x1c66, 2, 0xa829)},
    Filling{"Q5_0", half_at(0, 0x1881)}, Filling{"Q5_1", halves_at(0, 0x1881, 2, 0xa85a)},
    Filling{"Q8_0", half_at(0, 0x0c7a)}, Filling{"Q2_K", halves_at(80, 0x18ea, 82, 0x1b60)},
    Filling{"Q3_K", half_at(108, 0x0fb3)}, Filling{"Q4_K", halves_at(0, 0x0875, 2, 0x1437)},
    Filling{"Q5_K", halves_at(0, 0x0475, 2, 0x1451)}, Filling{"Q6_K", half_at(208, 0x00f5)},
    Filling{"IQ2_XXS", half_at(0, 0x0e20)}, Filling{"IQ2_XS", half_at(0, 0x0ddc)},
    Filling{"IQ2_S", half_at(0, 0x0dcf)}, Filling{"IQ3_XXS", half_at(0, 0x08a0)},
    Filling{"IQ3_S", half_at(0, 0x08a1)}, Filling{"IQ1_S", half_at(0, 0x19b3)},
    // Its scale 0x19b2 stands in the highest four bits of four words.
    Filling{"IQ1_M",
            {{{48, 0x2000, 0xf000}, {50, 0xb000, 0xf000}, {52, 0x9000, 0xf000}, {54, 0x1000, 0xf000}}}},
    Filling{"IQ4_NL", half_at(0, 0x0ce0)}, Filling{"IQ4_XS", half_at(0, 0x010d)},
    Filling{"TQ1_0", half_at(52, 0x2644)},
    // -1 and 1 alone: two bits would give 2 as well, and a mean that is not 0.
    Filling{"TQ2_0", half_at(64, 0x251f), 0xaaaa'aaaa'aaaa'aaaaU},
    Filling{"Q2_0", half_at(0, 0x251f), 0xaaaa'aaaa'aaaa'aaaaU}, Filling{"Q1_0", half_at(0, 0x251f)},
    Filling{"MXFP4", {{{0, 120, 0x00ff}, kNone, kNone, kNone}}},  // an exponent; deviation 0.0228
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
  fill(random, to, filling->keep, 0);
  for (std::size_t block = 0; block < to.size(); block += type.block_bytes) {
    for (const Fixed& bits : filling->fixed) {
      if (bits.mask == 0) continue;
      std::uint16_t word = 0;
      std::memcpy(&word, to.data() + block + bits.offset, sizeof word);
      word = static_cast<std::uint16_t>((word & ~bits.mask) | bits.value);
      std::memcpy(to.data() + block + bits.offset, &word, sizeof word);
    }
  }
}

}  // namespace assay::model
