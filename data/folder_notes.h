// What normlab made of a folder of pictures beyond reading it: to be said with every result of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace normlab {

// The test images of a folder without a split: of the n pictures of a class n / one_in, rounded, at
// least one and never all.
struct DrawnSplit {
  int one_in = 5;
  std::uint64_t seed = 1;
  friend bool operator==(const DrawnSplit&, const DrawnSplit&) = default;
};

struct FolderNotes {
  std::optional<DrawnSplit> drawn_split;
  std::size_t turned_pictures = 0;  // as their cameras note (data/exif_orientation.h)
};

// A clause for each: "no split: 1 in 5 pictures of each class, drawn with seed 1, are the test
// images", "3 pictures were turned as their camera notes (EXIF)".
std::vector<std::string> NotesText(const FolderNotes& notes);

}  // namespace normlab
