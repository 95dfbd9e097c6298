// Where an operation of the plain twin finds its parameters and states.
#pragma once

#include <cstdint>
#include <vector>

#include "operations/attributes.h"
#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
struct Placement {
  Attributes attributes;
  std::vector<Shape> inputs;
  Shape output;
  // In the order of the kind's declarations; gradients are added to.
  std::vector<std::span<const T>> parameters;
  std::vector<std::span<T>> gradients;
  std::vector<std::span<T>> states;
  std::int64_t* counter = nullptr;
  double* batch_statistics = nullptr;  // NetworkState::batch, of this application; or null
};

}  // namespace normlab::reference
