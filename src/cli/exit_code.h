// What the program's end says to a script. If several apply, the first of 2, 4, 130, 1, 3 counts.
#pragma once

namespace assay::cli {

enum class Exit : int {
  done = 0,
  gate_failed = 1,    ///< a threshold was not met
  usage = 2,          ///< the command line or a suite is wrong
  trial_errors = 3,   ///< the run went through, and some trials had errors
  nothing_ran = 4,    ///< no model, no store, no run, no room for the result: nothing could be done
  interrupted = 130,  ///< Ctrl-C
};

}  // namespace assay::cli
