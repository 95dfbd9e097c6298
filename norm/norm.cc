#include "norm/norm.h"

#include <cassert>
#include <string>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {

const std::vector<NormMethod>& NormMethods() {
  static const std::vector<NormMethod> methods = {
      {NormKind::kNone, "none", "No normalization", false, false, "nothing", ""},
      {NormKind::kBatch, "batch", "Batch normalization", true, true,
       "one channel of all images of the batch", "Ioffe & Szegedy 2015, algorithm 1"},
      {NormKind::kLayer, "layer", "Layer normalization", false, false, "all channels of one image",
       "Ba, Kiros & Hinton 2016, equation 4; affine per channel"},
      {NormKind::kGroup, "group", "Group normalization", false, false,
       "one group of channels of one image", "Wu & He 2018, equation 7"},
  };
  return methods;
}

const NormMethod& FindNormMethod(std::string_view name) {
  std::vector<std::string> names;
  for (const NormMethod& method : NormMethods()) {
    if (method.name == name) return method;
    names.emplace_back(method.name);
  }
  throw UsageError("norm: unknown normalization '" + Printable(name) + "', expected one of " +
                   Join(names) + "; the nearest is " + NearestName(name, names));
}

int ChannelGroups(NormKind kind, int channels, int groups) {
  switch (kind) {
    case NormKind::kNone:
    case NormKind::kBatch:
      return 0;
    case NormKind::kLayer:
      return 1;
    case NormKind::kGroup:
      assert(groups > 0 && channels % groups == 0);
      return groups;
  }
  assert(false);
  return 0;
}

}  // namespace normlab
