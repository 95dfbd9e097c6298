// Run folders to snapshots, read again only where something was written.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "serve/live_page.h"

namespace normlab {

class FolderReader {
 public:
  FolderReader(std::vector<std::string> folders, BuildLivePage build);

  // What the folders hold now; null where that is what the last call told. What cannot be read,
  // or made, is said in the snapshot.
  std::shared_ptr<const Snapshot> Read();

 private:
  struct Folder {
    std::string path;
    std::string study;              // fingerprint of the files beside the arms
    std::vector<std::string> arms;  // that they named
    std::string state;              // as StateOf gives it, of when it was read
    bool seen = false;              // a study was here
  };

  static std::string Look(Folder& folder);
  static std::string StateOf(Folder& folder);
  // Throws Error.
  static RunRecord ReadStudy(Folder& folder);
  Snapshot Build();

  std::vector<Folder> folders_;
  BuildLivePage build_;
  std::string version_;  // last told
};

}  // namespace normlab
