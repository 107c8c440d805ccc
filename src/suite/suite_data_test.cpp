// testdata/*.yaml: a suite gives its normalised form, or its errors.
#include <filesystem>

#include "base/file.h"
#include "suite/load.h"
#include "suite/write.h"
#include "testing/data_test.h"
#include "testing/suite_files.h"

namespace assay::suite {
namespace {

/// Paths as they look beside the suite, on every machine.
std::string without_folder(std::string text, const std::string& folder) {
  for (std::size_t at = text.find(folder + "/"); at != std::string::npos; at = text.find(folder + "/", at))
    text.erase(at, folder.size() + 1);
  return text;
}

testing::Shown show(const std::string& path) {
  const LoadOutcome outcome = load_file(path, testing::test_catalogue());
  testing::Shown shown{.text = {}, .refused = !outcome.suite};
  for (const Error& error : outcome.errors) shown.text += message(error) + "\n";
  for (const Error& warning : outcome.warnings) shown.text += "warning: " + message(warning) + "\n";
  if (outcome.suite) shown.text += write(*outcome.suite);
  shown.text = without_folder(shown.text, folder_of(path));
  return shown;
}

const bool kRegistered =
    testing::register_data_tests("SuiteData", ASSAY_SOURCE_DIR "/src/suite/testdata", ".yaml", show);

}  // namespace
}  // namespace assay::suite
