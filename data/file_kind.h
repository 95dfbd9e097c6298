// What a file is, told by its first bytes, whatever its name.
#pragma once

#include <string>
#include <string_view>

#include "data/file_bytes.h"

namespace normlab {

inline constexpr std::size_t kKindBytes = FileBytes::kMostBytes;  // enough of a beginning

enum class FileUse {
  kPicture,  // PNG or JPEG, whole or not: the decoders' to judge
  kForeign,  // a picture in a format that normlab does not read
  kOther     // no picture
};

struct FileKind {
  FileUse use = FileUse::kOther;
  std::string_view name;  // "PNG", "WebP", "Git LFS pointer", "text file", ...; what one is called
};

// Of the first kKindBytes of a file, or of all where it has fewer.
FileKind KindOfBytes(std::string_view start);

// Of a file, by its beginning; "unreadable file" where that cannot be read.
FileKind KindOfFile(FileBytes& file);

// Whether a name promises PNG or JPEG: .png, .jpg, .jpeg, .jpe, .jfif, .jif, .pjpeg, .pjp, .apng in
// any case. What has such a name and is no picture at all is a broken picture.
bool IsPictureName(std::string_view name);

// What operating systems, file managers and archives leave in folders of pictures: every name that
// begins with a dot (macOS's ._00.png and .DS_Store among them), Thumbs.db, desktop.ini, @eaDir,
// __MACOSX and the like. No command looks at these.
bool IsLitter(std::string_view name);

}  // namespace normlab
