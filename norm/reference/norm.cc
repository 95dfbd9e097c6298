#include "norm/reference/norm.h"

#include <cassert>

#include "norm/reference/batch.h"
#include "norm/reference/group.h"
#include "norm/reference/layer.h"
#include "norm/reference/none.h"

namespace normlab::reference {

template <typename T>
std::unique_ptr<Operation<T>> MakeNorm(NormKind kind, const NormOptions<T>& options) {
  switch (kind) {
    case NormKind::kNone:
      return std::make_unique<NoNorm<T>>();
    case NormKind::kBatch:
      return std::make_unique<BatchNorm<T>>(options);
    case NormKind::kLayer:
      return std::make_unique<LayerNorm<T>>(options);
    case NormKind::kGroup:
      return std::make_unique<GroupNorm<T>>(options);
  }
  assert(false);
  return nullptr;
}

template std::unique_ptr<Operation<float>> MakeNorm(NormKind, const NormOptions<float>&);
template std::unique_ptr<Operation<double>> MakeNorm(NormKind, const NormOptions<double>&);

}  // namespace normlab::reference
