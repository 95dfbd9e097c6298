// What every method of the family of moments declares, from its row of axes alone.
#pragma once

#include "norm/fast/normalization.h"
#include "norm/norm.h"
#include "norm/reference/norm.h"

namespace normlab {

// As an operation its attributes are groups, eps and momentum.
std::vector<ParameterDeclaration> MomentsParameters(const NormMethod& method, Shape output);
StateDeclarations MomentsStates(const NormMethod& method, Shape input);
NormalizationPlan MomentsPlan(const NormMethod& method, const Placement& placement);
std::size_t MomentsKeptBytes(const NormMethod& method, const Attributes& attributes, Shape output);
Coupling MomentsCoupling(const NormMethod& method);

using MomentsMaker = std::unique_ptr<BlockOperation> (*)(Simd, const NormalizationPlan&, int);

// `method` gives the row itself, `make_fast` its fast room.
template <const NormMethod& (*method)(), MomentsMaker make_fast>
NormMethod MomentsMethod(NormMethod row) {
  row.operation = {
      .name = std::string(row.name) + " norm",
      .parameters = [](const Attributes&, Shape,
                       Shape output) { return MomentsParameters(method(), output); },
      .states = [](const Attributes&, Shape input) { return MomentsStates(method(), input); },
      .divides_channels = row.pools_channels == PooledChannels::kGroup,
      .coupling = MomentsCoupling(row),
      .evaluates_differently = row.running_statistics,
      .rounds = row.pools_images ? Rounds{1, 1} : Rounds{},
      .traits = {.restores = true,
                 .applies_gate = true,
                 .gives_affine = row.constant_over_a_channel(),
                 .gates_affine = row.constant_over_a_channel()},
      .kept_bytes = [](const Attributes& attributes, Shape output, bool,
                       Held) { return MomentsKeptBytes(method(), attributes, output); },
      .pytorch_module = "",
      .pytorch = [](const Attributes&) -> std::string { return "self.norm(x)"; },
      .make_fast =
          [](const Placement& placement) {
            return make_fast(placement.simd, MomentsPlan(method(), placement),
                             placement.max_blocks);
          },
      .make_float =
          [](const reference::Placement<float>& placement) {
            return reference::MakeNorm(method(), reference::MomentsOptions(method(), placement));
          },
      .make_double =
          [](const reference::Placement<double>& placement) {
            return reference::MakeNorm(method(), reference::MomentsOptions(method(), placement));
          }};
  return row;
}

}  // namespace normlab
