// JPEG by libjpeg-turbo (ITU-T T.81): baseline, extended and progressive, 8 bits.
#pragma once

#include <string>
#include <string_view>

#include "data/image_file.h"

namespace normlab {

// As it is stored, whatever its camera notes. Requires JPEG's mark ff d8 ff. Throws DataError
// naming `path`.
Image DecodeJpeg(std::string_view bytes, const std::string& path);

}  // namespace normlab
