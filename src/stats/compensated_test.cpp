#include "stats/compensated.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

namespace assay::stats {
namespace {

TEST(Compensated, the_means_of_the_table_bit_for_bit) {
  const auto text = read_file(ASSAY_SOURCE_DIR "/src/stats/testdata/sums.jsonl", 1U << 20U);
  ASSERT_TRUE(text);
  int rows = 0;
  for (const std::string& line : split(*text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    ++rows;
    const auto row = parse_json(line);
    ASSERT_TRUE(row) << line;
    const auto values = row->at("values").get<std::vector<double>>();
    EXPECT_EQ(compensated_mean(values), row->at("compensated").get<double>()) << line;
    EXPECT_EQ(plain_sum(values) / static_cast<double>(values.size()), row->at("plain").get<double>()) << line;
  }
  EXPECT_EQ(rows, 5);
}

TEST(Compensated, no_values_have_no_mean) {
  EXPECT_EQ(compensated_mean({}), std::nullopt);
  EXPECT_EQ(compensated_sum({}), 0.0);
}

TEST(Compensated, an_overflow_is_infinite_and_not_nan) {
  const std::vector<double> values{1e308, 1e308, -1e308};
  EXPECT_EQ(compensated_sum(values), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace assay::stats
