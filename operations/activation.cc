#include "operations/activation.h"

#include <algorithm>

namespace normlab {

const std::vector<Activation>& Activations() {
  static const std::vector<Activation> all = [] {
    std::vector<Activation> found;
    for (const OperationKind* kind : OperationKinds()) {
      if (kind->activation) found.push_back({kind->name, kind});
    }
    std::ranges::sort(found, {}, &Activation::name);
    return found;
  }();
  return all;
}

}  // namespace normlab
