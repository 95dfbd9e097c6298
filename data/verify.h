// Every file of a set against the published checksums, and against its format where it is another.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/dataset_spec.h"
#include "data/search.h"

namespace normlab {

enum class FileState {
  kOfficial,  // the published bytes
  kReadable,  // of the right format; no checksum is published for it
  kOther,     // of the right format, with another checksum than the published one
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
  std::string path;    // of the set: a folder or an archive
  std::string origin;  // why it is looked for there
  std::string layout;
  std::vector<VerifiedFile> files;
  // Of a folder of pictures: how many were read. `files` then has its splits, and of a split with
  // broken pictures these in its place.
  std::size_t pictures = 0;
  std::vector<PassedOver> passed_over = {};  // its files that are none
  FolderNotes notes = {};

  std::size_t Count(FileState state) const;
  bool official() const { return Count(FileState::kOfficial) == files.size(); }
};

// Of the files that the search finds. One broken file does not keep the others from being told of.
// Throws DataError when the search finds nothing. Requires a published data set.
Verification VerifyDataset(const DatasetInfo& info, const std::string& data_dir);

// Of a user's own set: every file or picture, however many are broken or missing. What keeps the
// set from being one at all is a broken file with the set's path.
Verification VerifyUserDataset(const DatasetSpec& spec);

}  // namespace normlab
