// Filters that give the patches of training images unit variance along their principal axes.
#pragma once

#include <vector>

#include "train/initialization.h"

namespace normlab {

inline constexpr std::size_t kWhiteningImages = 2000;

// For a filter [O, I, k, k]: of the covariance of all patches of up to kWhiteningImages training
// images (not centred, as airbench takes it) the eigenvectors over the root of eigenvalue + eps,
// the largest first, each followed by its negative, its largest element positive. What O leaves
// beyond 2 I k k is as `drawn`.
std::vector<double> WhiteningFilters(const WhiteningImages& training, const std::vector<int>& shape,
                                     double eps, std::vector<double> drawn);

}  // namespace normlab
