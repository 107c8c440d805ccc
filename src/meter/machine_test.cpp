#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "meter/bandwidth.h"
#include "meter/cards.h"
#include "meter/machine.h"

namespace assay::meter {
namespace {

TEST(Machine, SaysWhatItIs) {
  const record::Machine machine = describe_machine();
  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory_bytes.value_or(0), 1U << 20U);
  EXPECT_EQ(record::machine_from_json(to_json(machine)), machine);
}

TEST(Machine, DoubtsAreSentences) {
  record::Machine machine;
  machine.build = "gcc 12.2.0";
  machine.load = 0.1;
  EXPECT_TRUE(warnings_of(machine).empty());
  machine.governor = "powersave";
  machine.power = "battery";
  machine.load = 3.0;
  machine.build = "gcc 12.2.0, debug";
  EXPECT_EQ(warnings_of(machine).size(), 4U);
  machine.build = "gcc 12.2.0, debug, sanitizers";
  EXPECT_NE(warnings_of(machine).front().find("sanitizers"), std::string::npos);
}

TEST(Cards, MetalGivesAShareOfTheMemoryOrWhatItsOwnerSet) {
  constexpr std::uint64_t kGiB = 1ULL << 30U;
  EXPECT_NEAR(static_cast<double>(metal_limit(16 * kGiB, 0)) / kGiB, 10.67, 0.01);
  EXPECT_EQ(metal_limit(64 * kGiB, 0), 48 * kGiB);
  EXPECT_EQ(metal_limit(16 * kGiB, 12 * 1024), 12 * kGiB);
  EXPECT_EQ(metal_limit(16 * kGiB, 999'999), 16 * kGiB) << "no more than there is";
}

TEST(Bandwidth, IsKeptPerMachineAndOnlyGetsBetter) {
  char folder[] = "/tmp/assay_bandwidth_XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  record::Machine machine;
  machine.cpu = "toy";
  machine.cores = 1;
  machine.memory_bytes = 64U << 20U;  // an eighth of it bounds the arrays
  const auto first = known_bandwidth(machine, folder, false);
  ASSERT_TRUE(first);
  EXPECT_GT(first->read, 0);
  EXPECT_GT(first->triad, 0);
  EXPECT_LE(first->read_median, first->read);
  EXPECT_EQ(first->array_bytes, 8U << 20U);
  EXPECT_EQ(known_bandwidth(machine, folder, false), first);
  const auto again = known_bandwidth(machine, folder, true);
  ASSERT_TRUE(again);
  EXPECT_GE(again->read, first->read);
  machine.cpu = "another";
  EXPECT_NE(known_bandwidth(machine, folder, false), first);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace assay::meter
