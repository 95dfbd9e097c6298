// What lies in a folder where pictures are: the one rule for folder:DIR and for normlab predict
// DIR.
//
// Content decides, not the name: a file that begins as PNG or JPEG is a picture, whatever it is
// called. A picture in another format is none that is read. Where the content is no picture at all,
// the name decides: "cat.jpg" is then a broken picture, "notes.txt" is passed over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/file_kind.h"

namespace normlab {

struct FolderEntry {
  enum class Kind {
    kFolder,
    kPicture,      // to be read, broken or not
    kOther,        // a file that is passed over
    kSpecial,      // a pipe, a socket, a device
    kUnreachable,  // a link into the void or in a circle
  };
  std::string name;
  Kind kind = Kind::kOther;
  FileKind file;          // of a picture and of what is passed over
  std::uintmax_t size{};  // of a picture, bytes
  int orientation = 1;    // of a picture, as its camera notes (data/exif_orientation.h)
  std::string problem;    // of what is unreachable: the system's reason
};

// In the order of the names' bytes, without litter (IsLitter). Links are followed; folders are not
// entered. Throws DataError where the folder cannot be read or holds more than kMostSetImages.
std::vector<FolderEntry> ListPictureFolder(const std::string& folder);

// The paths of the folders in a folder, and whether a picture lies directly in it; none, and not,
// where it cannot be read. Litter does not count.
std::vector<std::string> FoldersIn(const std::string& folder);
bool HoldsPicture(const std::string& folder);

}  // namespace normlab
