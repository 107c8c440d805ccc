// The subcommands: one file each, one line each in the table of main.cpp.
#pragma once

#include "cli/shell.h"

namespace CLI {
class App;
}

namespace assay::cli {

/// Each adds its options to `command` and sets shell.action when it is the one that was named.
void add_run(CLI::App& command, Shell& shell);
void add_plan(CLI::App& command, Shell& shell);
void add_suite(CLI::App& command, Shell& shell);
void add_grade(CLI::App& command, Shell& shell);
void add_bench(CLI::App& command, Shell& shell);
void add_list(CLI::App& command, Shell& shell);
void add_show(CLI::App& command, Shell& shell);
void add_samples(CLI::App& command, Shell& shell);
void add_report(CLI::App& command, Shell& shell);
void add_import(CLI::App& command, Shell& shell);
void add_models(CLI::App& command, Shell& shell);
void add_worker(CLI::App& command, Shell& shell);
void add_compare(CLI::App& command, Shell& shell);
void add_recommend(CLI::App& command, Shell& shell);
void add_serve(CLI::App& command, Shell& shell);
void add_doctor(CLI::App& command, Shell& shell);

}  // namespace assay::cli
