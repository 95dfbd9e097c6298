// The files of inference/pytorch/, compiled into the program. {{NAME}} stands for what an export
// fills in.
#pragma once

#include <string_view>

namespace normlab {

extern const std::string_view k_model_py;
extern const std::string_view k_repeated_block_py;  // where model.py needs it
extern const std::string_view k_README_md;

}  // namespace normlab
