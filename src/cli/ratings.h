// What people say of a run's answers: sheets for raters, and their ratings in the store.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "evaluator/ratings.h"
#include "record/run.h"
#include "record/suite.h"
#include "store/store.h"

namespace assay::cli {

/// How a sheet names a sample: nothing in it tells the model or the order of the run.
std::string rating_token(const record::Run& run, std::uint64_t sequence);

/// What the run keeps, in its attachment `ratings.jsonl`; empty when nobody has rated. Errors: bad_input for
/// an attachment that is damaged, those of the store.
Result<evaluator::Ratings> stored_ratings(const store::Store& store, const record::Run& run);

struct AddedRatings {
  evaluator::Ratings all;  ///< with those that were there
  std::uint64_t added = 0;
  std::uint64_t replaced = 0;  ///< of `added`: the rater had rated that answer before
};
/// Reads a file of ratings (docs/evaluators.md, "human"; .csv, else a JSON object a line) and keeps them with
/// the run. Nothing is kept when a line is wrong, or names a check that `suite` has not. Errors: bad_input
/// with its place.
Result<AddedRatings> add_ratings(store::Store& store, const record::Run& run, const record::Suite& suite,
                                 const std::string& path);

/// Writes what raters need, a row for each answer that a check of `suite` asks people about, and each of
/// several such checks of a case, to a .csv or a .jsonl file. `blind`: neither model nor settings are in it,
/// and the rows are in no order of the run; the suite may want it for some of its cases, then it holds for
/// all. Gives the number of rows. Errors: bad_input when nobody is asked anything, those of the file.
Result<std::uint64_t> write_rating_sheet(const store::Store& store, const record::Run& run,
                                         const record::Suite& suite, const std::string& path, bool blind);

}  // namespace assay::cli
