// Initial filters by role, where they are not those that every operation declares (PyTorch's).
#pragma once

#include <cstdint>
#include <span>

#include "base/choice.h"
#include "data/dataset.h"
#include "model/plan.h"

namespace normlab {

// A table: of the roles "first", "filter" and "head" (model/layer_role.h) one of
//   pytorch          as drawn: kaiming_uniform_ with a = sqrt(5)
//   kaiming_normal   torch.nn.init.kaiming_normal_ (He et al. 2015): deviation sqrt(2 / fan in)
//   kaiming_uniform  the same deviation, uniform
//   xavier_normal, xavier_uniform    Glorot & Bengio 2010: variance 2 / (fan in + fan out)
//   orthogonal       torch.nn.init.orthogonal_: rows of [out][in k k], or columns, orthonormal
//   dirac            of the first min(out, in) filters each passes its channel on, the others are
//                    pytorch's, as airbench has it (nn.init.dirac_ of w[:in])
//   zeros
// and of "first" also
//   whitening        eigenvectors of the covariance of training patches over the roots of their
//                    eigenvalues + eps, the largest first, and their negatives (airbench; eps
//                    5e-4); where a layer has more filters than that, the others are pytorch's
const ChoiceFamily& InitializationFamily();

// Throws UsageError: a role that the network lacks, whitening of a layer whose filters do not see
// all channels.
void CheckInitialization(const Choice& initialization, const Plan& plan);

// Changes the filters that `initialization` names, after InitializeParameters, and what begins as a
// function of them. Draws are addressed by (seed, the filter's number). `training`: the images that
// whitening looks at, of the set that `shape` and `statistics` describe. Requires what
// CheckInitialization accepts.
struct WhiteningImages {
  const Dataset& dataset;
  int validation = 0;  // images held out of the training split, by `seed`
  std::uint64_t seed = 0;
};
template <typename T>
void InitializeByRole(const Choice& initialization, const Plan& plan, std::uint64_t seed,
                      const WhiteningImages& training, std::span<T> parameters);

}  // namespace normlab
