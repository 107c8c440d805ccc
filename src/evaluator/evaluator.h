// One method of judging an answer: the interface that every file of this folder's table implements.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evaluator/ratings.h"
#include "record/sample.h"
#include "record/suite.h"
#include "record/verdict.h"
#include "sandbox/sandbox.h"

namespace assay::evaluator {

/// What is judged. Everything is borrowed for the call.
struct Subject {
  std::string_view text;  ///< what the pipeline made of the answer; valid UTF-8, any length
  const record::Case& test_case;
  const record::Sample& sample;
};

/// What one evaluator says, before `not-`, thresholds and weights.
struct Judgement {
  record::Mark mark = record::Mark::ungraded;
  std::optional<double> score;  ///< 0..1; absent unless mark is pass or fail
  std::string reason;           ///< a word of the closed list; empty on pass
  std::string detail;           ///< a sentence for people, on pass too
  /// The part of the text that was judged, which may be empty; absent: all of it.
  std::optional<std::string> read;
  Json votes;                      ///< what each judge said; null: nobody was asked
  Json table;                      ///< the case's choices with their figures; null: none was scored
  Json counts;                     ///< what a corpus score sums (corpus.h); null: there is none
  Json programs;                   ///< what programs ran and took (python_run.h); null: none did
  std::vector<std::string> flags;  ///< words for the sample's record, e.g. duplicate_names
};

Judgement passed(std::string detail);
Judgement failed(std::string_view reason, std::string detail);
/// A limit was hit, or we broke: `error: internal`, which says nothing about the model.
Judgement broken(std::string detail);
/// passed(detail), or failed("mismatch", detail).
Judgement matched(bool yes, std::string detail);
/// Pass when `score` (0..1) reaches `threshold`, else failed("threshold"); the score is kept either way.
Judgement scored(double score, double threshold, std::string detail);
/// Nothing is wrong with the answer, but there is no verdict: `ungraded` with a word of the closed list.
Judgement ungraded(std::string_view reason, std::string detail);

/// Thread    any number of threads at once: judge() is const and keeps no state.
/// Answers   may be anything, of any length; judge() must not take time that grows faster than length × log,
///           and must not throw for what an answer holds. (The grader turns an exception into broken().)
/// Suite     mistakes of the author are found when the evaluator is made, never here.
class Evaluator {
 public:
  virtual ~Evaluator() = default;
  virtual Judgement judge(const Subject& subject) const = 0;
  /// True when the author asks for an empty answer, as with a transcript of nothing: then silence is judged
  /// like any other answer.
  virtual bool asks_for_silence() const { return false; }
};

using MadeEvaluator = Result<std::unique_ptr<Evaluator>>;

class CaptionImages;  // caption_images.h
class Embeddings;     // embeddings.h
class Judges;         // judges.h
class Toolbox;        // toolbox.h

/// Where an evaluator is used.
struct Setting {
  /// The case, for evaluators that are made per case; nullptr while a check is looked at without one. Then
  /// the evaluator says what is wrong with the check itself, and is never asked to judge.
  const record::Case* test_case = nullptr;
  std::shared_ptr<Judges> judges = nullptr;
  int parallel = 1;  ///< requests that the suite's load pattern holds in flight
  std::shared_ptr<CaptionImages> images = nullptr;   ///< what captions of the whole suite are weighed by
  std::shared_ptr<Embeddings> embeddings = nullptr;  ///< nullptr: no model can be asked for vectors
  std::shared_ptr<const Toolbox> tools = nullptr;    ///< what the model was offered; nullptr: nothing
  std::shared_ptr<const Ratings> ratings = nullptr;  ///< what people said; nullptr: nobody was asked
};

/// What the author wrote. `value` is the check's value or else the case's expectation; nullptr only for
/// evaluators that need none. `options` have been checked against the table.
struct Recipe {
  std::string_view type;
  const record::Value* value;
  const record::Value& options;
  std::optional<double> threshold = {};  ///< only when the table says that the evaluator reads it itself
  double weight = 1;                     ///< in the case's score; 0: only a metric
  std::string_view metric = {};          ///< what the score is called; empty: it has no name
  Setting setting = {};
  /// What runs programs. nullptr while a suite is only checked: then nothing is ever judged.
  std::shared_ptr<sandbox::Sandbox> sandbox = nullptr;
  /// Who judges. nullptr while a suite is only checked, and where no model can be asked: then such an
  /// assertion is ungraded.
  std::shared_ptr<Judges> judges = nullptr;
};

/// 'text' for messages: quoted, one line, short.
std::string as_quoted(std::string_view text);
/// The first part of a long text, for records that keep what was read.
std::string excerpt(std::string_view text);

}  // namespace assay::evaluator
