// PNG by libpng (ISO/IEC 15948).
#pragma once

#include <string>
#include <string_view>

#include "data/image_file.h"

namespace normlab {

// As it is stored, whatever its camera notes. Requires PNG's signature. Throws DataError naming
// `path`.
Image DecodePng(std::string_view bytes, const std::string& path);

}  // namespace normlab
