// Files that a command writes where a user may have their own: one that normlab did not write, or
// that was changed since, is never overwritten.
//
// What normlab wrote into a folder stands in its .normlab.sha256, in the form of sha256sum. A new
// file's line is there before the file is, so that a kill at any instant makes nobody's file of it.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace normlab {

class OwnedFolder {
 public:
  struct File {
    std::string name;  // within the folder; its own folders are made
    std::string bytes;
  };
  // What is compared of a file; 64 hexadecimal digits.
  using Fingerprint = std::string (*)(std::string_view bytes);
  // Of a file that stands in no record: true where an earlier normlab may have written it, which
  // kept none. Whether it was changed since is not known, so it is set aside: moved to
  // before/<name>, or before-2/ and so on.
  using Recognizer = std::function<bool(const std::string& name, std::string_view bytes)>;

  // The folder is made by the first file, its record read here; a record that is broken says
  // nothing. `recognize` may be empty: no file is an earlier normlab's.
  explicit OwnedFolder(std::string path, Recognizer recognize = {},
                       Fingerprint fingerprint = Sha256);

  const std::string& path() const { return path_; }

  // Throws UsageError where the file is the user's, naming it and what to do.
  void Check(const std::string& name) const;
  // As Check, then writes; throws RunError where that cannot be done.
  void Write(const std::string& name, std::string_view bytes);
  // Writes those that are not the user's. For several threads. Returns the names of the others.
  std::vector<std::string> WriteWhatIsOurs(const std::vector<File>& files);

  // Where files were set aside by this object; empty where none was.
  const std::string& set_aside() const { return before_; }

 private:
  enum class Owner { kNobody, kNormlab, kUnknown, kUser };
  Owner OwnerOf(const std::string& name) const;
  std::string PathOf(const std::string& name) const { return path_ + "/" + name; }
  void SetAside(const std::string& name);
  void WriteRecord() const;
  void MarkAsOurs(const File& file) { record_[file.name].insert(fingerprint_(file.bytes)); }

  std::string path_;
  Recognizer recognize_;
  Fingerprint fingerprint_;
  std::map<std::string, std::set<std::string>> record_;  // fingerprints by name
  std::string before_;
  std::mutex mutex_;
};

// A file that the user names, or that lies in a folder that is no report's: written where nothing
// is, or what would be written. Throws UsageError where another is there already.
void CheckNewFile(const std::string& path, std::string_view bytes);
void WriteNewFile(const std::string& path, std::string_view bytes);

}  // namespace normlab
