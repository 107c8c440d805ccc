// Samples as rows, both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "record/sample.h"
#include "store/body_finder.h"
#include "store/content.h"
#include "store/database.h"

namespace assay::store {

/// (run or layer number, sequence) → row id, so that one tree in the order of completion needs no further
/// index.
constexpr std::int64_t row_id(std::int64_t number, std::uint64_t sequence) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << 32U | sequence);
}
constexpr std::uint64_t kMaxSequence = 0xffffffffU;

/// Inserts within the caller's transaction.
class SampleWriter {
 public:
  static Result<SampleWriter> make(const Database& database, ContentWriter& content);
  Result<void> insert(std::int64_t run_number, const record::Sample& sample);
  /// After an undone transaction, with ContentWriter::forget().
  void forget();

 private:
  /// Parameters hardly change from one trial to the next, apart from the seed, which has a column of its own.
  /// Equal maps are found equal faster than they are written as JSON and hashed.
  template <class Map>
  struct Last {
    Map params;
    std::optional<TextOrReference> kept;
  };
  template <class Map>
  Result<const TextOrReference*> keep(Map params, Last<Map>& last);
  Result<void> insert_texts(std::int64_t id, const record::Sample& sample, const TextOrReference& prompt);

  ContentWriter* content_ = nullptr;
  Statement insert_sample_;
  Statement insert_answer_;
  Statement insert_calls_;
  Statement insert_attempts_;
  Last<record::Params> requested_;
  Last<record::EffectiveParams> effective_;
};

/// Reads rows of a SELECT that begins with columns().
class SampleReader {
 public:
  /// What to select from `sample AS s` (and, with texts, `answer AS a`).
  static std::string columns(bool texts);
  static constexpr int kColumns = 32;

  /// `number` and `run_id` name the same run.
  static Result<SampleReader> make(const Database& database, std::int64_t number, std::string run_id,
                                   bool texts);
  /// Errors: bad_input when the row is damaged, which it also is when it names a model or cell that the run
  /// has not: whoever reads a sample looks those up without asking.
  Result<record::Sample> read(const Statement& row);

 private:
  Result<void> read_extent(const Database& database, std::int64_t number);
  Result<void> read_texts(const Statement& row, record::Sample& sample);
  Result<void> read_params(const Statement& row, record::Sample& sample);
  Result<void> read_calls(std::int64_t id, record::Sample& sample);
  Result<void> read_attempts(std::int64_t id, record::Sample& sample);
  template <class Map>
  Result<Map> params_of(const Statement& row, int column, std::unordered_map<std::int64_t, Map>& known);

  std::string run_id_;
  bool texts_ = true;
  std::uint64_t models_ = 0;
  std::uint64_t cells_ = 1;
  Statement find_content_;
  BodyFinder calls_;  ///< not made without texts
  BodyFinder attempts_;
  std::unordered_map<std::int64_t, record::Params> requested_;
  std::unordered_map<std::int64_t, record::EffectiveParams> effective_;
};

}  // namespace assay::store
