#include "model/repack.h"

#include <algorithm>
#include <array>
#include <span>

namespace assay::model {
namespace {

constexpr std::array<std::string_view, 5> kAvx512{"Q4_0", "Q4_K", "IQ4_NL", "MXFP4", "Q2_K"};
constexpr auto kAvx2 = std::span(kAvx512).first<4>();
constexpr std::array<std::string_view, 7> kArm{"Q4_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "MXFP4", "Q8_0"};

std::span<const std::string_view> types_of(Processor processor) {
  switch (processor) {
    case Processor::avx2: return kAvx2;
    case Processor::avx512: return kAvx512;
    case Processor::arm: return kArm;
    case Processor::other: break;
  }
  return {};
}

}  // namespace

Processor this_processor() {
#if defined(__APPLE__)
  return Processor::other;
#elif defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return Processor::avx512;
  return __builtin_cpu_supports("avx2") ? Processor::avx2 : Processor::other;
#elif defined(__aarch64__)
  return Processor::arm;  // with dot products, as every core since 2018 has them
#else
  return Processor::other;
#endif
}

bool is_repacked(Processor processor, std::string_view type) {
  const auto types = types_of(processor);
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::uint64_t repacked_bytes(const ModelFacts& facts, Processor processor) {
  std::uint64_t bytes = 0;
  for (const TypeShare& share : facts.tensor_types)
    if (is_repacked(processor, share.type)) bytes += share.multiplied_bytes;
  return bytes;
}

}  // namespace assay::model
