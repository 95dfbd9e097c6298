// Every file of a set against the published checksums, and against its format where it is another.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/search.h"

namespace normlab {

enum class FileState {
  kOfficial,  // the published bytes
  kOther,     // of the right format, with another checksum
  kBroken,    // cannot be read as what it is to be
  kMissing,
};

struct VerifiedFile {
  std::string path;  // members are written archive.tar.gz!member
  FileState state = FileState::kOfficial;
  std::string expected;  // SHA-256 of the published raw bytes; empty when none is published
  std::string found;     // SHA-256 of the raw bytes; empty when they could not be read
  std::string problem;   // of kBroken and kMissing: where, expected, found
};

struct Verification {
  FoundDataset found;
  std::vector<VerifiedFile> files;

  std::size_t Count(FileState state) const;
  bool official() const { return Count(FileState::kOfficial) == files.size(); }
};

// Of the files that the search finds. One broken file does not keep the others from being told of.
// Throws DataError when the search finds nothing.
Verification VerifyDataset(const DatasetInfo& info, const std::string& data_dir);

// The published checksum; empty when none is.
std::string_view PublishedChecksum(std::string_view dataset, std::string_view file);

}  // namespace normlab
