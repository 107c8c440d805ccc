// The identity of a trial, for --resume: what is the same request is not made twice.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "record/plan.h"
#include "record/suite.h"

namespace assay::plan {

/// Keys of a plan's trials. Two trials have the same key when engine, model, address, rendered prompt,
/// parameters, case id and repeat are the same; the order, the label, the expectation and the load pattern do
/// not count.
///
///   key = hex(first 16 bytes of SHA-256(model and cell ‖ case ‖ repeat))
///     model and cell  SHA-256 of the model's identity and the parameters without the case's
///     case            SHA-256 of id, messages, media paths, tools and the case's own parameters
///
/// The two parts are hashed once, when first needed, so that a key costs one short hash: bench in docs of
/// plan. Holds on to `suite` and `plan`. One thread at a time.
class TrialKeys {
 public:
  /// `identities`: what makes each model of the plan itself, where more is known than its name (a file's
  /// hash); empty, or parallel to plan.models.
  TrialKeys(const record::Suite& suite, const record::Plan& plan, std::vector<std::string> identities = {});
  std::string of(const record::Trial& trial);

 private:
  const Digest& model_part(const record::Trial& trial);
  const Digest& case_part(std::uint32_t case_index);

  const record::Suite& suite_;
  const record::Plan& plan_;
  std::vector<std::string> identities_;
  std::unordered_map<std::uint64_t, Digest> models_;  ///< by model and cell
  std::vector<Digest> cases_;
  std::vector<bool> has_case_;
};

/// One key, for those who need only one.
std::string trial_key(const record::Suite& suite, const record::Plan& plan, const record::Trial& trial);

}  // namespace assay::plan
