// What is added to the loss's gradient before the optimizer sees it, and on which parameters.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/network.h"

namespace normlab {

// 1 for every element of a parameter that a penalty acts on: all of them but what a method's file
// keeps from decay, or the convolutions'.
std::vector<std::uint8_t> PenalizedParameters(const std::vector<ParameterInfo>& infos,
                                              bool convolutions_only);

// The gradient of l1 * sum |p|: gradient += l1 * sign(p), with sign(0) = 0 as in PyTorch.
template <typename T>
void AddL1Gradient(double l1, const std::vector<std::uint8_t>& penalized,
                   std::span<const T> parameters, std::span<T> gradients);

// l1 * sum |p| + l2 / 2 * sum m p^2 over the parameters that each acts on, m being the multipliers
// of decay: what the optimizer descends beside the loss when `l2` is PyTorch's weight_decay.
template <typename T>
double Penalty(double l1, const std::vector<std::uint8_t>& l1_penalized, double l2,
               const std::vector<double>& l2_multipliers, std::span<const T> parameters);

}  // namespace normlab
