// A row of images for every class: what a data set looks like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "report/figures/figure.h"

namespace normlab {

struct SheetRow {
  std::string label;
  std::vector<std::size_t> images;  // of the split
};

// `count` different images of every class, or all where there are fewer, in drawn order: an image's
// turn depends on the seed and its class alone, so that a larger count begins with the same images.
std::vector<SheetRow> DrawSamples(const Dataset& dataset, const Split& split, int count,
                                  std::uint64_t seed);

// Rows beyond what a picture can hold go to a next one; the names are `name`, or `name`-1,
// `name`-2, ... Throws UsageError when a row is too wide for any picture.
std::vector<Figure> DrawContactSheets(const Dataset& dataset, const Split& split,
                                      const std::vector<SheetRow>& rows, const std::string& name,
                                      const std::string& title, const std::string& subtitle);

}  // namespace normlab
