// Answers the requests of one conversation.
#pragma once

#include <memory>
#include <string>

#include "bench.h"
#include "channel.h"
#include "engine.h"
#include "scheduler.h"
#include "scorer.h"
#include "wire/messages.h"

namespace assay::llama {

class Session {
 public:
  explicit Session(Channel& channel) : channel_(channel) {}
  /// Until `quit`. (The end of the input ends the process from within the channel.)
  void run();

 private:
  void handle(const Incoming& incoming);
  void answer(const wire::Hello& request);
  void answer(const wire::Load& request);
  void answer(const wire::Tokenize& request);
  void answer(const wire::Generate& request);
  void answer(const wire::Cancel& request);
  void answer(const wire::Bench& request);
  void answer(const wire::Steps& request);
  void answer(const wire::Score& request);
  void answer(const wire::Unload& request);
  void answer(const wire::Quit& request);
  void fail(wire::Id id, const Trouble& why);
  bool busy() const;
  bool needs_model(wire::Id id);
  void unload();

  Channel& channel_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Scheduler> scheduler_;  ///< with engine_
  std::unique_ptr<BenchStand> bench_;     ///< from the first speed test on; ends before engine_
  std::unique_ptr<Scorer> scorer_;        ///< from the first score on; ends before engine_
  bool quit_ = false;
};

}  // namespace assay::llama
