#include "summary/tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/layer_check.h"
#include "summary/words.h"

namespace normlab {
namespace {

constexpr const char* kNothing = "--";

// "4 (c7)": the fewest values that enter one statistic of a pooling, and the first layer where it
// is so.
std::string FewestValues(const Summary& summary, const NormSummary& norm, std::size_t pooling) {
  const auto least = std::ranges::min_element(norm.layers, {}, [&](const NormalizedLayer& layer) {
    return layer.pooled[pooling].values();
  });
  if (least == norm.layers.end()) return kNothing;
  return fmt::format("{} ({})", WithCommas(least->pooled[pooling].values()),
                     summary.layers[least->layer].layer.name);
}

std::string ReachCell(const NormMethod& method) {
  const Reach training = ReachOf(method, true), evaluation = ReachOf(method, false);
  if (training == evaluation) return ReachName(training);
  return fmt::format("{}; in evaluation: {}", ReachName(training), ReachName(evaluation));
}

const NormalizedLayer* Find(const NormSummary& norm, std::size_t layer) {
  const auto found = std::ranges::find(norm.layers, layer, &NormalizedLayer::layer);
  return found == norm.layers.end() ? nullptr : &*found;
}

// A row; of a method with several poolings a row for each, whose other cells are empty.
void AddNormRows(const Summary& summary, const NormSummary& norm, Table& table) {
  std::vector<std::string> cells(table.columns.size(), kNothing);
  cells[0] = norm.method->name;
  cells[1] = "nothing";
  if (norm.possible()) {
    cells[2] = WithCommas(norm.parameters);
    cells[3] = WithCommas(norm.parameters_per_call);
    cells[4] = WithCommas(norm.buffers);
    cells[6] = Megabytes(norm.training.sum());
    cells[7] = ReachCell(*norm.method);
  }
  for (std::size_t i = 0; i < norm.poolings.size(); ++i) {
    const equation::Pooling& pooling = norm.poolings[i];
    if (i > 0) {
      table.rows.push_back(std::move(cells));
      cells.assign(table.columns.size(), "");
    }
    cells[1] = PoolsOver(pooling.pooled, pooling.kept);
    if (norm.possible()) cells[5] = FewestValues(summary, norm, i);
  }
  table.rows.push_back(std::move(cells));
}

// "64"; of several poolings "64 / 1,024", in their order.
std::string ValuesCell(const NormalizedLayer& layer) {
  std::vector<std::string> values;
  for (const equation::PooledExtents& pooled : layer.pooled) {
    values.push_back(WithCommas(pooled.values()));
  }
  return Join(values, " / ");
}

}  // namespace

const NormSummary& ShownNorm(const Summary& summary) {
  const auto& norms = summary.norms;
  const auto shown = std::ranges::find_if(
      norms, [](const NormSummary& norm) { return norm.possible() && !norm.poolings.empty(); });
  return shown != norms.end() ? *shown : *std::ranges::find_if(norms, &NormSummary::possible);
}

Table NormTable(const Summary& summary) {
  Table table;
  table.columns = {{"Normalization"},       {"Statistic over"},    {"Param #", true},
                   {"At every call", true}, {"Buffers", true},     {"Fewest values"},
                   {"Training (MB)", true}, {"A value depends on"}};
  for (const NormSummary& norm : summary.norms) AddNormRows(summary, norm, table);
  return table;
}

Table ValuesTable(const Summary& summary) {
  Table table;
  table.columns = {{"Layer"}, {"Output"}};
  std::vector<const NormSummary*> norms;
  for (const NormSummary& norm : summary.norms) {
    if (norm.layers.empty() || norm.poolings.empty()) continue;
    norms.push_back(&norm);
    table.columns.push_back({std::string(norm.method->name), true});
  }
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    const Layer& layer = summary.layers[i].layer;
    if (norms.empty() || Find(*norms[0], i) == nullptr) continue;
    std::vector<std::string> cells = {layer.name, ShapeText(layer.output)};
    for (const NormSummary* norm : norms) {
      cells.push_back(ValuesCell(*Find(*norm, i)));
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

std::vector<SummaryLine> TotalLines(const Summary& summary, const NormSummary& norm) {
  std::vector<SummaryLine> lines = {{"Total params", WithCommas(norm.parameters)},
                                    {"Trainable params", WithCommas(norm.parameters)},
                                    {"Non-trainable params", "0"},
                                    {"Total mult-adds (M)", Millions(summary.multiply_adds)},
                                    {"Mult-adds of one image", WithCommas(summary.multiply_adds)}};
  if (norm.parameters_per_call != norm.parameters) {
    lines.push_back({"Params counted at every call", WithCommas(norm.parameters_per_call)});
  }
  lines.push_back({"Buffers (not params)", WithCommas(norm.buffers)});
  return lines;
}

std::vector<SummaryLine> TorchinfoSizeLines(const NormSummary& norm) {
  const TorchinfoBytes& bytes = norm.torchinfo;
  return {{"Input size (MB)", Megabytes(bytes.input)},
          {"Forward/backward pass size (MB)", Megabytes(bytes.forward_backward)},
          {"Params size (MB)", Megabytes(bytes.parameters)},
          {"Estimated Total Size (MB)", Megabytes(bytes.sum())}};
}

std::vector<SummaryLine> TrainingLines(const Summary& summary, const NormSummary& norm) {
  const TrainingBytes& bytes = norm.training;
  return {
      {"Parameters", Megabytes(bytes.parameters)},
      {"Gradients", Megabytes(bytes.gradients)},
      {"Gradients of each block of 16 images", Megabytes(bytes.block_gradients)},
      {"Activations of the batch", Megabytes(bytes.activations)},
      {"Activations of each thread", Megabytes(bytes.thread_activations)},
      {fmt::format("Optimizer state ({})", summary.options.optimizer), Megabytes(bytes.optimizer)},
      {"Together, with one thread", Megabytes(bytes.sum())}};
}

std::vector<std::string> HeadingLines(const Summary& summary) {
  const SummaryOptions& options = summary.options;
  const ModelPreset* preset = FindModelPreset(options.model);
  return {preset == nullptr ? summary.line : fmt::format("{}: {}", preset->name, summary.line),
          fmt::format("{} images of {}, {} classes; batch of {}; groups {}, order {}, dropout {}",
                      ShapeText(options.input), options.dataset, options.classes, options.batch,
                      options.options.groups, OrderText(options.options.order),
                      options.options.dropout)};
}

std::string NormHeading(const NormMethod& method) {
  std::string text(method.title);
  const std::string pooled = PooledWords(method.equation->equation);
  if (!pooled.empty()) {
    if (!method.pytorch.empty()) text += fmt::format(", in PyTorch {}", method.pytorch);
    text += ": one " + pooled;
  }
  if (method.is_activation) text += "; an activation too, beside which no ReLU stands";
  return text;
}

std::vector<std::string> ColumnNotes() {
  return {
      "Param #: (recursive) where the same weights are applied again. Mult-Adds: of convolutions, "
      "for one image.",
      "Receptive Field: pixels along an axis that convolutions and pools let one value see, "
      "padding "
      "counted. Jump: pixels to the next value's.",
      "Statistic over: [images, channels, rows, columns] that share one, and Values, how many that "
      "is. Buffers: running statistics and their counter."};
}

std::string ActivationSentence(const Summary& summary) {
  std::vector<std::string> names;
  for (const NormSummary& norm : summary.norms) {
    if (norm.method->is_activation) names.emplace_back(norm.method->name);
  }
  if (names.empty()) return "";
  return fmt::format("No ReLU stands beside {}, activation{} too, where order has norm.",
                     Join(names), names.size() == 1 ? "" : "s");
}

std::string ReachSentence(const Summary& summary, const NormSummary& norm) {
  if (norm.layers.empty() || norm.poolings.empty()) {
    return "Without statistics a value depends on its receptive field alone.";
  }
  const std::string& first = summary.layers[norm.layers.front().layer].layer.name;
  const Reach training = ReachOf(*norm.method, true), evaluation = ReachOf(*norm.method, false);
  std::string text;
  if (training == Reach::kField) {
    text = "The statistics stay at one pixel: a value depends on its receptive field alone";
  } else {
    text = fmt::format(
        "Through the statistics every value behind the normalization of {} depends "
        "on the whole {}, not on its receptive field alone",
        first, ReachName(training));
  }
  if (training != evaluation) {
    text += fmt::format("; in evaluation, with running statistics, on its {} alone",
                        ReachName(evaluation));
  }
  return text + ".";
}

}  // namespace normlab
