// Nothing stands where a normalization would.
#include "norm/norm.h"

namespace normlab::methods {

const NormMethod& none() {
  static const NormMethod method = {.place = 1,
                                    .name = "none",
                                    .title = "No normalization",
                                    .pytorch = "nn.Identity()",
                                    .pytorch_call = "nn.Identity()",
                                    .source = "",
                                    .operation = {.name = "none"}};
  return method;
}

}  // namespace normlab::methods
