// Data sets that users name by where they lie: "folder:DIR", "folder:DIR@CxHxW", "idx:DIR".
#pragma once

#include <string>
#include <string_view>

#include "base/shape.h"

namespace normlab {

inline constexpr int kLargestSide = 1024;          // rows or columns of an image of a data set
inline constexpr int kMostSetImages = 10'000'000;  // of either split
inline constexpr Shape kFolderShape{3, 32, 32};    // of "folder:DIR" without a size

struct DatasetSpec {
  enum class Kind { kFolder, kIdx };
  Kind kind = Kind::kFolder;
  std::string path;   // from the root; a folder, or a folder and the beginning of file names
  Shape shape;        // of kFolder; an IDX file says its own
  std::string name;   // written out: "folder:/home/me/photos@3x32x32", "idx:/home/me/letters"
  std::string title;  // the last part of the path: "photos"
};

// Whether `name` begins with a kind of spec; what follows may still be wrong.
bool IsDatasetSpec(std::string_view name);

// A relative path is one below the working folder. What follows the last '@' is a size when it is
// made of digits and 'x' alone and holds an 'x'; otherwise it is part of the folder's name.
// Channels are 1 or 3, sides 1 to kLargestSide. Throws UsageError. Requires IsDatasetSpec.
DatasetSpec ParseDatasetSpec(std::string_view name);

}  // namespace normlab
