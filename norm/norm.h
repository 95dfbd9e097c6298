// What a normalization declares of itself, and the registry: a method is one file in norms/, its
// equation with what it is called; one that has a room of its own, hand-written, is a file in
// norm/methods/ too. Engines, recipes, `explain`, `summary`, exports and the tests read what stands
// there. Most belong to one family, the moments:
//
//   y = weight * (x - mean_S) / sqrt(var_S + eps) + bias,  var biased (over |S|)
//
//   name               S, the values of one statistic        weight, bias   source
//   none               -                                     -
//   batch              channel c of all images               [C]            Ioffe & Szegedy 2015
//   layer              one image                             [C]            Ba et al. 2016
//   layer-elementwise  one image                             [C,H,W]        Ba et al. 2016
//   layer-channels     all channels at a pixel of an image   [C]            Liu et al. 2022
//   group              C/groups channels of one image        [C]            Wu & He 2018
//   instance           channel c of one image                [C]            Ulyanov et al. 2016
//   rms                one image; nothing is subtracted and  [C], no bias   Zhang & Sennrich 2019
//                      mean(x^2) stands for the variance
//
// One gradient serves them all. With g = weight dy, xh = (x - mean) / s, s = sqrt(var + eps):
//   dx = (1/s) [g - mean_S(g) - xh mean_S(g xh)],  without mean_S(g) where nothing is subtracted
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/shape.h"
#include "norm/equation/method.h"
#include "operations/kind.h"

namespace normlab {

enum class PooledChannels { kOne, kGroup, kAll };
enum class AffineKind { kNone, kPerChannel, kPerElement };

struct NormMethod {
  int place = 0;             // in lists, from 1; 0: a user's
  std::string_view name{};   // what a recipe says; of a user's what it is called (NormLabel)
  std::string_view title{};  // what a figure says: "Batch normalization"

  // Of the family of moments, the table above: the axes of one statistic. Of a method outside it
  // has_statistics is false and the rest means nothing.
  bool has_statistics = false;
  bool pools_images = false;
  PooledChannels pools_channels = PooledChannels::kOne;
  bool pools_pixels = false;
  std::string_view pools_over = "nothing";  // the same in words
  bool centered = false;                    // the mean is subtracted
  AffineKind affine = AffineKind::kNone;
  bool has_bias = false;

  bool running_statistics = false;  // kept in training, used in evaluation
  // It is an activation too, so that a unit has none beside it.
  bool is_activation = false;

  std::string_view pytorch{};  // the module that computes the same
  // The same as an expression of channels, height, width, groups, EPS, MOMENTUM; and what must be
  // defined for it, lines of Python, empty where PyTorch has it.
  std::string_view pytorch_call{};
  std::string_view pytorch_definition = "";
  std::string_view source{};  // paper and equation

  // What it declares as an operation: parameters, states, coupling, makers for the engines. No
  // makers: nothing is done ("none").
  OperationKind operation{};

  // The same as an equation, and the operation that runs by it; none where nothing is done.
  std::shared_ptr<const equation::Method> equation{};
  std::shared_ptr<const OperationKind> by_equation{};
  // Whose hand-written room `operation` is: a shipped method's name; empty where it is by_equation.
  std::string_view room{};

  bool normalizes() const { return operation.make_fast != nullptr; }
  const OperationKind& Program(bool equation_alone) const {
    return equation_alone && by_equation != nullptr ? *by_equation : operation;
  }
  // Mean and scale are constant over a channel of one image, so that whoever reads the map can
  // normalize on the way.
  bool constant_over_a_channel() const { return pools_pixels && affine != AffineKind::kPerElement; }
};

// The shipped ones by their places.
const std::vector<NormMethod>& NormMethods();
std::vector<std::string> NormNames();

// Whether it is a user's own method: the text of a file or statements alone, which have an equals
// sign, and no name has.
bool IsOwnNorm(std::string_view norm);

// Of a shipped one's name, or of a user's text: such a method is kept for as long as the program
// runs, and the same text is the same method. It runs by a shipped one's room where its equation is
// that one's. Throws UsageError naming the nearest method, or what is wrong in the text.
const NormMethod& FindNormMethod(std::string_view norm);

// What it is called in tables, figures and folders: a shipped one's name; of a user's text its
// title or own-<hash8>. Other words, and a text that is no method, are called something too.
std::string NormLabel(std::string_view norm);

// The same with 8 digits of the text's hash: where two texts have one title.
std::string DistinctNormLabel(std::string_view norm);

// What a model's settings say of its normalization: the method, looked up once, where its name or
// its text is written.
class NormChoice {
 public:
  NormChoice(std::string_view name) : method_(&FindNormMethod(name)) {}  // NOLINT: a name is one
  NormChoice(const std::string& name) : NormChoice(std::string_view(name)) {}  // NOLINT
  NormChoice(const char* name) : NormChoice(std::string_view(name)) {}         // NOLINT
  NormChoice(const NormMethod& method) : method_(&method) {}                   // NOLINT

  const NormMethod& method() const { return *method_; }
  const NormMethod* operator->() const { return method_; }
  std::string name() const { return std::string(method_->name); }
  friend bool operator==(const NormChoice&, const NormChoice&) = default;

 private:
  const NormMethod* method_;
};

// The statistics of a map [images][C][H][W] are themselves a small map: an axis over which the
// method pools has extent 1, the channels become groups. Empty (all 0) without statistics.
// Requires groups > 0 and groups | channels for group.
struct StatisticShape {
  int images = 0, channels = 0, height = 0, width = 0;
  int size() const { return images * channels * height * width; }
  friend bool operator==(const StatisticShape&, const StatisticShape&) = default;
};
StatisticShape StatisticShapeOf(const NormMethod& method, int images, Shape shape, int groups);

// Of x[image][channel][row][column], row-major in that shape.
int StatisticIndex(const StatisticShape& statistics, Shape shape, int image, int channel, int row,
                   int column);

// How many values of the map enter one statistic; 0 without statistics.
std::size_t ValuesPerStatistic(const NormMethod& method, int images, Shape shape, int groups);

// The extents of the learned weight (and bias, where there is one): {}, {C} or {C, H, W}.
std::vector<int> AffineExtents(const NormMethod& method, Shape shape);

}  // namespace normlab
