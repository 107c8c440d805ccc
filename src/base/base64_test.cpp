#include "base/base64.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Base64, is_that_of_rfc_4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64(std::string_view("\xff\xfe\0", 3)), "//4A");
}

TEST(Base64, has_no_padding_between_pieces) {
  const std::string text = base64(std::string((3U << 20U) + 1, 'a'));
  EXPECT_EQ(text.size(), ((3U << 20U) / 3 + 1) * 4);
  EXPECT_EQ(text.find('='), text.size() - 2);
}

}  // namespace
}  // namespace assay
