// The architecture as data: a line of text in the notation of docs/architectures.md, which began as
// that of the second seed, and the layers that it means.
//
// Layers stand in the order in which they are computed; each names those that it reads, so that
// branches, sums and concatenations are layers like any other. Every convolution with what follows
// it is a unit: convolution, then, unless it is bare, activation, normalization and dropout in the
// order of `order`. A pool, a sum and a concatenation are units too.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "model/plan.h"
#include "norm/filters/filter_method.h"
#include "norm/norm.h"

namespace normlab {

enum class LayerKind {
  kConvolution,
  kMaxPool,
  kAveragePool,
  kGlobalAveragePool,
  kSum,
  kConcatenation,
  kPaddedShortcut  // strided, with channels of zeros before and behind: option A of ResNets
};

// In Layer::inputs: the images.
inline constexpr int kImages = -1;

struct Layer {
  LayerKind kind = LayerKind::kConvolution;
  std::string name;   // C1, C2, c3, P1, ... unique; compared case-sensitively
  std::string token;  // as written: "C24x2"; of a join what it joins: "(C24 C24!)+"
  int kernel = 0;     // convolution 1, 3, 5 or 7; pool its size; global 0: the whole map
  int stride = 1;
  int padding = 0;
  int channel_groups = 1;  // of a convolution: filters of a group read that group's channels alone
  bool depthwise = false;  // as many groups as channels
  bool bias = false;
  int repeat = 1;
  int groups = 0;  // of group normalization in this layer
  bool bare = false;
  // Its own, where the line says so; empty: the model's.
  std::string activation, norm;
  std::vector<int> inputs;  // layers by their places, or kImages
  Shape input;              // of the first
  Shape output;
};

// What a line says of no activation; and all that it may say, with those of
// operations/activation.h.
inline constexpr std::string_view kNoActivation = "none";
std::vector<std::string> ActivationChoices();

enum class UnitStep { kRelu, kNorm, kDropout };

struct ModelOptions {
  NormChoice norm = "batch";
  int groups = 2;
  double norm_eps = 1e-5;
  double norm_momentum = 0.1;  // weight of the new value, as in PyTorch
  // A method that has a hand-written room runs by its equation instead.
  bool norm_by_equation = false;
  int ghost = 0;  // images of a ghost batch, where an equation names them; 0: the batch is one
  // A unit that is applied several times keeps running statistics for each application; else one
  // set for all, as PyTorch's module does.
  bool statistics_per_application = false;
  // What acts on the filters of every unit that is not bare.
  FilterChoice weights = "none";
  std::string activation = "relu";  // of operations/activation.h, or kNoActivation
  double dropout = 0.0;             // probability of zeroing
  std::array<UnitStep, 3> order{UnitStep::kRelu, UnitStep::kNorm, UnitStep::kDropout};
};

// The method on the weights that the options name, or that their normalization brings.
const FilterMethod& ActingFilter(const ModelOptions& options);

// Of one layer, with what its line says of it: its normalization, the method on its weights, and
// its activation, kNoActivation where it has none or its normalization is one.
const NormMethod& NormOf(const ModelOptions& options, const Layer& layer);
const FilterMethod& FilterOf(const ModelOptions& options, const Layer& layer);
std::string_view ActivationOf(const ModelOptions& options, const Layer& layer);

struct Architecture {
  std::string text;  // the line, its white space as CanonicalLine has it
  Shape input;
  int classes = 0;
  std::vector<Layer> layers;
  ModelOptions options;
  // What it means (model/lower.h). ParseArchitecture leaves it.
  std::shared_ptr<const Plan> plan;
};

// A shipped model: its line, its layers' names where the seed's differ from the running count, and
// the options that a recipe takes from it when it says nothing.
struct ModelPreset {
  std::string_view name;
  std::string_view line;
  std::string_view layer_names;  // space-separated, one per layer; empty: as of any line
  std::string_view dataset;      // that it was made for
  int groups;
  std::string_view order;
};
const std::vector<ModelPreset>& ModelPresets();
const ModelPreset* FindModelPreset(std::string_view name_or_line);  // nullptr when it is none

// `model` is a preset's name or a line. Throws UsageError naming the layer, its shape and what
// would do (the divisors of the channels for groups); nothing of the data is needed.
Architecture ParseArchitecture(std::string_view model, Shape input, int classes,
                               const ModelOptions& options);

// The same layers under other options, which must fit them (groups divide the channels).
Architecture WithOptions(Architecture architecture, const ModelOptions& options);

// "conv-relu-norm-dropout" and every other order of relu, norm, dropout after conv.
std::array<UnitStep, 3> ParseOrder(std::string_view order);
std::string OrderText(const std::array<UnitStep, 3>& order);

// The smallest batch that training will see must leave batch statistics more than one value per
// channel. Throws UsageError naming the layer and that batch, and of an equation the statement.
// With ghost batches a larger batch may fail where a smaller one does not: each size is asked
// about.
void CheckBatchStatistics(const Architecture& architecture, int smallest_batch);

// What a batch of this size gives some layer's normalization to do that is hardly meant, a line
// each: reductions over one value.
std::vector<std::string> NormDoubts(const Plan& plan, int batch);

// A convolution that is not bare, unless its norm is none.
bool HasNorm(const Architecture& architecture, const Layer& layer);

// Floats that are learned: of a layer, of the whole network, and as often as they are applied (a
// unit applied twice counts twice).
std::size_t StoredParameters(const Architecture& architecture, const Layer& layer);
std::size_t StoredParameters(const Architecture& architecture);
std::size_t ParametersPerCall(const Architecture& architecture);

// Per image: of a layer applied once, and of all applications.
std::size_t MultiplyAdds(const Architecture& architecture, const Layer& layer);
std::size_t MultiplyAdds(const Architecture& architecture);

}  // namespace normlab
