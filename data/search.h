// Where a data set is looked for (docs/data.md lists every folder and file name).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace normlab {

struct SearchRoot {
  std::string path;
  std::string origin;  // why it is looked at: "--data-dir", "NORMLAB_DATA", …
  bool named = false;  // by the user: what cannot be read there is an error
};

// In the order of the search. With a --data-dir it is the only one.
std::vector<SearchRoot> SearchRoots(const std::string& data_dir);

enum class Layout {
  kIdxFolder,
  kCifarBinaryFolder,
  kCifarPythonFolder,
  kCifarBinaryArchive,
  kCifarPythonArchive,
  kCifar100BinaryFolder,
  kCifar100PythonFolder,
  kCifar100BinaryArchive,
  kCifar100PythonArchive,
};

std::string_view LayoutName(Layout layout);  // "IDX files", "archive of binary files", ...

struct FoundDataset {
  std::string path;  // the folder or the archive
  Layout layout = Layout::kIdxFolder;
  SearchRoot root;
};

// The first place that holds at least one file of the set, complete or not: what is wrong with it
// is for the reader to say. Throws DataError listing where it looked when there is none. Requires a
// published data set.
FoundDataset FindDataset(const DatasetInfo& info, const std::string& data_dir);

// One place where the search looks, and what lies there.
struct LookedAt {
  std::string path;
  Layout layout = Layout::kIdxFolder;
  std::size_t wanted = 0;          // files of the set in this layout
  std::vector<std::string> found;  // those that are there, as they are called
  bool taken = false;              // the place that FindDataset gives
};

struct LookedAtRoot {
  SearchRoot root;
  std::string problem;  // why nothing can be there; empty when the folder can be looked into
  std::vector<LookedAt> places;
};

// Every place in the order of the search, also after the one that is taken.
struct SearchReport {
  std::vector<LookedAtRoot> roots;
  std::string problem;  // why none is taken, as FindDataset says it
};

SearchReport ReportSearch(const DatasetInfo& info, const std::string& data_dir);

}  // namespace normlab
