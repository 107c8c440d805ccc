// Suites compared by what they say, not by where they say it.
#pragma once

#include <vector>

#include "record/suite.h"

namespace assay::testing {

inline void forget_places(std::vector<record::Check>& checks) {
  for (record::Check& check : checks) {
    check.where = {};
    forget_places(check.members);
  }
}

inline void forget_places(std::vector<record::Pipeline>& pipelines) {
  for (record::Pipeline& pipeline : pipelines) {
    pipeline.where = {};
    for (record::Filter& filter : pipeline.filters) filter.where = {};
  }
}

/// The suite without locations and without the hash of its file: two files that mean the same give equal
/// values.
inline record::Suite without_places(record::Suite suite) {
  suite.sha256.clear();
  suite.prompt.where = {};
  forget_places(suite.checks);
  forget_places(suite.pipelines);
  if (suite.benchy) {
    forget_places(suite.benchy->further);
    forget_places(suite.benchy->pipelines);
  }
  for (record::ModelSpec& model : suite.models) model.where = {};
  for (record::Tool& tool : suite.tools) tool.where = {};
  for (record::Case& test : suite.cases) {
    test.where = {};
    for (record::Tool& tool : test.tools) tool.where = {};
    forget_places(test.checks);
  }
  return suite;
}

}  // namespace assay::testing
