// The data sets of the runs that are shown, as far as a page needs them: their test images, which
// lie in a file without a name while no page is built, for they are most of what a server would
// keep in memory.
#pragma once

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "data/dataset.h"

namespace normlab {

class PageDatasets {
 public:
  // `warn` is told once why a data set is not at hand.
  PageDatasets(std::string data_dir, std::function<void(const std::string&)> warn);

  // Without its training images; null where it is not at hand, which is tried again at each call.
  // Holds until Release.
  const Dataset* Find(const std::string& name);
  void Release();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Kept {
    Dataset dataset;
    std::size_t pixels = 0;                      // of the test split
    std::unique_ptr<std::FILE, CloseFile> file;  // none: the pixels stay in memory
  };

  std::string data_dir_;
  std::function<void(const std::string&)> warn_;
  std::map<std::string, Kept> kept_;
  std::map<std::string, std::string> warned_;
};

}  // namespace normlab
