// The files of inference/pytorch/, compiled into the program. {{NAME}} stands for what an export
// fills in.
#pragma once

#include <string_view>

namespace normlab {

extern const std::string_view k_model_py;
// Where model.py needs them.
extern const std::string_view k_repeated_block_py;
extern const std::string_view k_batch_norm_per_application_py;
extern const std::string_view k_equation_per_application_py;
extern const std::string_view k_README_md;

}  // namespace normlab
