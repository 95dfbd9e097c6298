#include <algorithm>
#include <cassert>

#include "operations/kind.h"

namespace normlab {

namespace kinds {
#define NORMLAB_KIND(name) const OperationKind& name();
#include "generated/operation_kinds.inc"
#undef NORMLAB_KIND
}  // namespace kinds

const std::vector<const OperationKind*>& OperationKinds() {
  static const std::vector<const OperationKind*> all = {
#define NORMLAB_KIND(name) &kinds::name(),
#include "generated/operation_kinds.inc"
#undef NORMLAB_KIND
  };
  return all;
}

const OperationKind& KindNamed(std::string_view name) {
  const auto found = std::ranges::find_if(
      OperationKinds(), [name](const OperationKind* kind) { return kind->name == name; });
  assert(found != OperationKinds().end());
  return **found;
}

}  // namespace normlab
