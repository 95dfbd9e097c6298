#include "data/folder_notes.h"

#include <fmt/format.h>

#include "base/text.h"

namespace normlab {

std::vector<std::string> NotesText(const FolderNotes& notes) {
  std::vector<std::string> lines;
  if (notes.drawn_split) {
    lines.push_back(fmt::format(
        "no split: 1 in {} pictures of each class, drawn with seed {}, are the test images",
        notes.drawn_split->one_in, notes.drawn_split->seed));
  }
  if (notes.turned_pictures > 0) {
    lines.push_back(fmt::format("{} turned as {} camera notes (EXIF)",
                                notes.turned_pictures == 1
                                    ? "1 picture was"
                                    : WithCommas(notes.turned_pictures) + " pictures were",
                                notes.turned_pictures == 1 ? "its" : "their"));
  }
  return lines;
}

}  // namespace normlab
