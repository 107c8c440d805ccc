// testdata/*.yaml: a suite gives its normalised form, or its errors.

#include "suite/load.h"
#include "testing/data_test.h"
#include "testing/suite_files.h"

namespace assay::suite {
namespace {

testing::Shown show(const std::string& path) {
  return testing::shown_of(load_file(path, testing::test_catalogue()), path);
}

const bool kRegistered =
    testing::register_data_tests("SuiteData", ASSAY_SOURCE_DIR "/src/suite/testdata", ".yaml", show);

}  // namespace
}  // namespace assay::suite
