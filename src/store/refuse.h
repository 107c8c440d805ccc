// Why the store does not do what it was asked for.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace assay::store {

/// `path` is the store's file.
inline tl::unexpected<Error> refuse(const std::string& path, Code code, std::string found,
                                    std::string expected, std::string remedy) {
  return fail({.code = code,
               .where = {.file = path, .line = 0, .column = 0},
               .found = std::move(found),
               .expected = std::move(expected),
               .remedy = std::move(remedy)});
}

}  // namespace assay::store
