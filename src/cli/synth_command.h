// assay models synth: a model file with random weights in a known model's true shape.
#pragma once

namespace CLI {
class App;
}

namespace assay::cli {

struct Shell;

void add_synth(CLI::App& models, Shell& shell);

}  // namespace assay::cli
