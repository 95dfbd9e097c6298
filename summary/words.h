// Numbers as the tables and warnings of a summary write them.
#pragma once

#include <cstdint>
#include <string>

#include "model/receptive_field.h"

namespace normlab {

std::string Megabytes(std::uint64_t bytes);  // of 10^6 bytes, as torchinfo's: "42.10"
std::string Millions(std::uint64_t number);  // "8.13"
const char* ReachName(Reach reach);          // "receptive field", "image", "batch"
std::string PixelsText(std::int64_t rows, std::int64_t columns);  // "28", or "34x26"

}  // namespace normlab
