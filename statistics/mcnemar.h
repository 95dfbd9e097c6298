// Two classifiers on the same images: only the images on which one is right and the other wrong
// tell them apart (McNemar 1947).
#pragma once

#include <span>

namespace normlab {

struct McNemar {
  int only_first = 0;   // right in the first, wrong in the second
  int only_second = 0;  // the other way round
  double p = 1;         // two-sided exact binomial test that both are equally likely
};

McNemar TestDiscordant(int only_first, int only_second);

// Whether each classifier is right, image by image; both of one length.
McNemar TestSameImages(std::span<const bool> first, std::span<const bool> second);

}  // namespace normlab
