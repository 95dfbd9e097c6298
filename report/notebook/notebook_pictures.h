// The figures of the report, found again for the notebook.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

struct NotebookPicture {
  std::string base64;         // of the PNG file
  int width = 0, height = 0;  // on the page: half of its pixels, as figures are drawn
};

// Empty where there is no such file, or another than a PNG.
std::optional<NotebookPicture> ReadNotebookPicture(const std::string& path);

// A gallery of misclassified images, known by the misses that its table lists, whatever its name.
struct NotebookGallery {
  std::string picture;                         // path of its PNG
  std::vector<std::pair<int, double>> misses;  // image, probability of the wrong answer
  bool Shows(const std::vector<ErrorRow>& rows) const;
};

// By name; what cannot be read is left out.
std::vector<NotebookGallery> FindNotebookGalleries(const std::string& figures);

}  // namespace normlab
