// Images in a grid, with words above and below each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "augment/augment.h"
#include "data/dataset.h"
#include "records/run_folder.h"
#include "report/figures/figure.h"

namespace normlab {

struct Tile {
  std::vector<std::uint8_t> pixels;  // [channel][row][column], one or three channels
  std::vector<std::string> above;    // one or two lines
  std::string below;                 // small; may be empty
};

struct Gallery {
  std::string name;
  std::string title, subtitle;
  int columns = 5;
  int cell_width = 190;  // pixels of the SVG that a tile and its words may take
  int scale = 1;         // every pixel becomes scale x scale of them
  Shape shape;
  std::vector<Tile> tiles;  // row by row
};

// The script and its images: <name>-images.png, all tiles in one row.
Figure DrawGallery(const Gallery& gallery);

// The ten (or fewer) test images that the arm's last epoch misses with the highest probability for
// its wrong answer, as 2 rows of 5. Requires errors. Throws DataError when errors.csv and the data
// set contradict each other.
Figure MisclassifiedGallery(const RunRecord& run, const ArmRecord& arm, const Dataset& dataset,
                            const std::string& name);

// A training image of every class (of the first ten that have one), chosen by the seed; below each,
// what the augmentation makes of it in epoch 1 of the arm with this seed. `augmentation` may be
// null.
Figure SamplesGallery(const Dataset& dataset, const Augmentation* augmentation, std::uint64_t seed);

}  // namespace normlab
