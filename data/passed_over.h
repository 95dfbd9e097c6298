// Files that lie among pictures and are not read: how many of which kind, to be said once.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/file_kind.h"

namespace normlab {

struct PassedOver {
  std::string kind;  // FileKind::name, or "special file", "unreachable file"
  std::size_t files = 0;
  bool picture = false;  // in a format that normlab does not read
};

// One more of its kind; the order is that in which kinds come first.
void CountPassedOver(const FileKind& kind, std::vector<PassedOver>& counts);
void AddPassedOver(const std::vector<PassedOver>& more, std::vector<PassedOver>& counts);

// "3 WebP, 1 text file"
std::string PassedOverText(const std::vector<PassedOver>& counts);

// "folder:photos: 4 files are no PNG or JPEG pictures and are passed over: 3 WebP, 1 text file;
// convert the WebP to PNG or JPEG"; empty when there are none.
std::string PassedOverWarning(std::string_view where, const std::vector<PassedOver>& counts);

// "a WebP", "an empty file"
std::string OneOfKind(std::string_view name);

// "; convert it to PNG or JPEG", "; git lfs pull brings the picture", or nothing: what would do
// where a picture was expected.
std::string_view WhatWouldDo(const FileKind& kind);

}  // namespace normlab
