// The pictures of a folder as its two splits, without decoding them: the rules of
// data/image_folder.h for what lies where.
#pragma once

#include <string>
#include <vector>

#include "data/class_folders.h"
#include "data/dataset_spec.h"
#include "data/folder_notes.h"

namespace normlab {

struct ListedSplit {
  std::string path;                     // below which the pictures' paths are
  std::string source;                   // as SourceFile::path has it
  std::vector<ListedPicture> pictures;  // in the order of the paths' bytes
};

struct ListedFolder {
  std::vector<std::string> classes;
  ListedSplit train, test;
  std::vector<PassedOver> passed_over;
  FolderNotes notes;
};

// Throws DataError.
ListedFolder ListFolder(const DatasetSpec& spec);

}  // namespace normlab
