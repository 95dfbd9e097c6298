// A folder of classes, each a folder of pictures: a split, or a set that has none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/passed_over.h"
#include "data/read_pictures.h"

namespace normlab {

struct ListedPicture {
  Picture picture;          // its path is <class>/<picture>
  std::uintmax_t size = 0;  // bytes
  int orientation = 1;      // data/exif_orientation.h
};

struct ClassFolders {
  std::string path;
  std::vector<std::string> classes;     // in the order of their names' bytes
  std::vector<ListedPicture> pictures;  // in the order of the paths' bytes
  std::vector<PassedOver> passed_over;
};

// Throws DataError for pictures beside the classes, folders in them, a class without pictures, and
// too many of either.
ClassFolders ListClassFolders(const std::string& path);

// What stands for test/ where that is not there.
inline constexpr std::string_view kOtherTests[] = {"val", "valid", "validation"};

// The first of these that lies in `folder`; empty where none does.
std::string OtherTest(const std::string& folder);

}  // namespace normlab
