// What a network is, lowered once: values, parameters, states and the operations between them, in
// order. Engines, memory, summaries, receptive fields, exports and measurements read this, and none
// of them knows a layer. Plain data; made by PlanBuilder (model/plan_builder.h), which lays out the
// flat vectors, and by Lower from what a user wrote.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/at.h"
#include "base/shape.h"
#include "operations/kind.h"
#include "operations/parameter_operation.h"

namespace normlab {

// One named tensor inside the flat parameter vector, PyTorch's name and shape
// ("C1.conv.weight" [O,I,kH,kW], "C1.norm.weight" [C]), in the order in which a pass meets them.
struct ParameterInfo {
  std::string name;
  std::vector<int> shape;
  ParameterRole role = ParameterRole::kOther;
  InitialValue initial;
  bool decays = true;
  std::string layer;
  std::size_t offset = 0;  // in the flat vector
  std::size_t size = 0;
  Bounds bounds = {};
  int filter = -1;  // which parameter it begins as a function of, where `initial` says so
  int groups = 1;   // of a filter
};

// A parameter that an operation makes of others before every pass; it is not in the flat vector.
struct DerivedParameter {
  std::string name;
  std::vector<int> shape;
  const ParameterOperationKind* kind = nullptr;
  std::vector<int> from;   // into Plan::parameters
  std::size_t offset = 0;  // behind the flat vector's parameters
  std::size_t size = 0;
};

// State that is not trained: "C1.norm.running_mean", ".running_var" (flat vector of buffers), and
// one counter per set of these, "C1.norm.num_batches_tracked". Where a unit that is applied several
// times keeps a set for each application, their names end in _1, _2, ...
struct BufferInfo {
  std::string name;
  std::size_t offset = 0;
  std::size_t size = 0;
  double initial = 0;
  std::vector<int> shape = {};
};
struct CounterInfo {
  std::string name;
  std::int64_t value = 0;
};

// A running value of a normalization, and where its numbers stand: in the flat vector of buffers,
// at the same place for all applications of a unit where they share their statistics, and, as the
// last batch showed it, in NetworkState::batch.
struct RunningValue {
  std::size_t size = 0;
  std::size_t buffer = 0, batch = 0;
  double initial = 0;
};

// One application of a normalization that keeps running values, one behind the other in
// NetworkState::batch.
struct StatisticsSite {
  std::string layer;
  int application = 1;
  std::size_t counter = 0;           // index of its num_batches_tracked
  std::vector<RunningValue> values;  // not empty
  std::vector<RunningMoments> moments;

  std::size_t batch() const { return values.front().batch; }
  std::size_t size() const { return values.back().batch + values.back().size - batch(); }
  // Mean and variance of the channels that it reads; null where it keeps no such pair.
  const RunningMoments* channel_moments() const {
    for (const RunningMoments& pair : moments) {
      if (pair.of_channels) return &pair;
    }
    return nullptr;
  }
};

// Where a parameter stands in the flat vector, or, if it is derived, behind it.
struct FlatRange {
  std::size_t offset = 0, size = 0;
};

// A map of every image.
struct PlanValue {
  std::string name;  // "images", "C1.conv", "C4.norm.2"
  Shape shape;
  int writer = -1;           // an operation; -1: the images themselves
  std::vector<int> readers;  // operations, in their order
  // Parameters lie before it, or an operation that reads it computes its parameters' gradient
  // together with this one.
  bool has_gradient = false;
};

struct PlanOperation {
  const OperationKind* kind = nullptr;
  std::string layer;    // "C4"
  std::string part;     // "conv", "norm": its parameters' names begin with layer.part
  int application = 1;  // 1, 2, ... where a layer is repeated
  Attributes attributes;
  std::vector<int> inputs;  // values
  int output = 0;           // a value
  // In the order of the kind's declarations. Parameters: into Plan::parameters, and behind those
  // into Plan::derived.
  std::vector<int> parameters;
  std::vector<int> states;  // into Plan::buffers
  int counter = -1;         // into Plan::counters
  int site = -1;            // into Plan::sites
};

// One application of a layer: a convolution with what follows it, or a pool.
struct PlanUnit {
  std::string layer;
  int application = 1;
  int first = 0, end = 0;  // its operations
  // What its normalization reads and what that gives; without one, both are what the unit gives.
  int before = 0, after = 0;
};

struct Plan {
  std::vector<PlanValue> values;  // the first is the images
  std::vector<PlanOperation> operations;
  std::vector<PlanUnit> units;
  std::vector<ParameterInfo> parameters;
  std::vector<DerivedParameter> derived;
  std::vector<BufferInfo> buffers;
  std::vector<CounterInfo> counters;  // all 0
  std::vector<StatisticsSite> sites;  // in the order of the forward pass
  int output = 0;                     // the logits, [classes][1][1]

  // Of an index of PlanOperation::parameters.
  FlatRange RangeOf(int parameter) const;
  const PlanOperation* WriterOf(int value) const {
    const int writer = values[At(value)].writer;
    return writer < 0 ? nullptr : &operations[At(writer)];
  }
  const Shape& ShapeOf(int value) const { return values[At(value)].shape; }
  const Shape& InputShape(const PlanOperation& operation) const {
    return ShapeOf(operation.inputs.front());
  }
  // Whether its parameters' gradient is a piece of work of its own.
  bool HasWeightGradient(const PlanOperation& operation) const;
  bool HasInputGradient(const PlanOperation& operation) const;
  // Whether it has a backward pass at all.
  bool HasBackward(const PlanOperation& operation) const;

  std::size_t parameter_count() const;  // of the flat vector
  std::size_t derived_count() const;
  std::size_t buffer_count() const;
  // Of all sites: how long NetworkState::batch is.
  std::size_t batch_statistics_count() const;
  // Floats that a layer's parameters have.
  std::size_t parameters_of(const std::string& layer) const;
};

// Per image, of one operation's forward pass, counted as direct convolution whichever way it is
// computed; 0 where it has none to speak of.
std::size_t MultiplyAdds(const Plan& plan, const PlanOperation& operation);
// Of all operations.
std::size_t MultiplyAdds(const Plan& plan);

}  // namespace normlab
