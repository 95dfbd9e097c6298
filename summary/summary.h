// What can be said of a model before it is trained, under one or several normalizations: layers,
// parameters, multiply-adds, receptive fields, what each statistic pools over, memory, and what
// looks like a mistake. Tables, JSON and Markdown are written from this.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/architecture.h"
#include "model/receptive_field.h"
#include "norm/equation/statistics.h"

namespace normlab {

struct SummaryOptions {
  std::string model;    // a preset or a line
  std::string dataset;  // whose images these are; only shown
  Shape input;          // of one image
  int classes = 0;
  ModelOptions options;            // without its norm
  std::vector<std::string> norms;  // names of the registry or texts of users; one or more
  int batch = 64;                  // images
  std::string optimizer = "sgd";   // only shown
  int optimizer_states = 1;        // values that it keeps for each parameter
};

struct LayerSummary {
  Layer layer;
  std::size_t weights = 0;             // of the convolution; 0 for pools
  std::size_t multiply_adds = 0;       // of one application to one image
  std::vector<ReceptiveField> fields;  // after each application
};

// The normalization of one layer.
struct NormalizedLayer {
  std::size_t layer = 0;  // index in Summary::layers
  // How far one statistic of each of NormSummary::poolings reaches.
  std::vector<equation::PooledExtents> pooled;
  std::size_t parameters = 0;  // what it learns
  std::size_t buffers = 0;     // running values, and their counter

  // Of the statistic with the fewest values; null without statistics.
  const equation::PooledExtents* fewest() const;
};

// The float32 engine in training with one thread (engine/fast/memory.h). Every block of 16 images
// adds up a weight gradient of its own. What convolutions pack and transform comes on top.
struct TrainingBytes {
  std::size_t parameters = 0, gradients = 0, block_gradients = 0;
  std::size_t activations = 0;         // of the batch: maps, gradients of maps that wait
  std::size_t thread_activations = 0;  // of each thread: maps that the next operations alone need
  std::size_t optimizer = 0;
  std::size_t sum() const {
    return parameters + gradients + block_gradients + activations + thread_activations + optimizer;
  }
};

// What torchinfo 1.8 would say of the same model in PyTorch: float32, and for forward and backward
// twice the output of every module that has parameters, at each call.
struct TorchinfoBytes {
  std::size_t input = 0, forward_backward = 0, parameters = 0;
  std::size_t sum() const { return input + forward_backward + parameters; }
};

struct NormSummary {
  const NormMethod* method = nullptr;
  std::vector<equation::Pooling> poolings;  // of its statistics
  std::string refusal;  // why the model cannot have this normalization; then nothing below is set
  std::string program;  // what computes it: "the room of batch", "its equation"; empty of none
  std::string weights;  // the method that acts on the filters; empty of none
  std::shared_ptr<const Plan> plan;
  std::vector<NormalizedLayer> layers;
  std::size_t parameters = 0;           // stored
  std::size_t parameters_per_call = 0;  // a layer applied twice counts twice
  std::size_t buffers = 0;
  TrainingBytes training;
  TorchinfoBytes torchinfo;
  bool possible() const { return refusal.empty(); }
};

struct SummaryWarning {
  std::string norm;  // whose it is; empty: the model's, or of all normalizations together
  std::string text;
};

struct Summary {
  SummaryOptions options;
  std::string line;
  std::vector<LayerSummary> layers;
  std::vector<NormSummary> norms;  // in the order of the options
  std::vector<SummaryWarning> warnings;
  std::size_t multiply_adds = 0;  // of all applications to one image
};

// Of a layer's normalized map in one batch.
equation::Extents NormalizedExtents(const SummaryOptions& options, const Layer& layer);

// Throws UsageError where no normalization of the options is possible: the first one's line. Where
// some are, the others carry their refusal.
Summary Summarize(const SummaryOptions& options);

}  // namespace normlab
