// Nothing stands where a normalization would.
#include "norm/norm.h"

namespace normlab::methods {

const NormMethod& none() {
  static const NormMethod method = {
      .place = 1, .name = "none", .pytorch_call = "nn.Identity()", .operation = {.name = "none"}};
  return method;
}

}  // namespace normlab::methods
