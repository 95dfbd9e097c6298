#include "study/arm_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "report/text/escape.h"

namespace normlab {
namespace {

constexpr char kEpochHeading[] = "Epoch ";

// The number that `text` begins with, or -1.
std::int64_t LeadingNumber(std::string_view text) {
  std::int64_t number = -1;
  const auto [stop, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  return status == std::errc() && number > 0 ? number : -1;
}

std::string ErrorsLine(const Dataset& dataset, std::size_t image, int prediction,
                       const float* log_probabilities) {
  const int truth = dataset.test.labels[image];
  const auto probability = [&](int c) { return std::exp(double{log_probabilities[c]}); };
  std::string line =
      fmt::format("{},{},{},{},{},{:.7g},{:.7g},{:.7g}", image, truth, prediction,
                  CsvField(dataset.class_names[truth]), CsvField(dataset.class_names[prediction]),
                  probability(truth), probability(prediction), -double{log_probabilities[truth]});
  for (int c = 0; c < dataset.classes(); ++c) line += fmt::format(",{:.7g}", probability(c));
  return line + "\n";
}

std::vector<float> ToFloats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

int MetadataEpoch(const TensorFile& file, const std::string& path, const char* key) {
  const auto found = file.metadata.find(key);
  const std::int64_t epoch = found == file.metadata.end() ? -1 : LeadingNumber(found->second);
  if (epoch < 1) throw DataError(fmt::format("{}: expected {} in the metadata", path, key));
  return static_cast<int>(epoch);
}

}  // namespace

std::string MetricsHeader(bool has_validation) {
  return std::string(
             "epoch,train_loss,train_accuracy,test_loss,test_accuracy,penalty,learning_rate,"
             "seconds,images_per_second") +
         (has_validation ? ",validation_loss,validation_accuracy\n" : "\n");
}

std::string MetricsLine(const EpochRecord& record, bool has_validation) {
  std::string line =
      fmt::format("{},{},{},{},{},{},{},{:.3f},{:.1f}", record.epoch, record.train_loss,
                  record.train_accuracy, record.test_loss, record.test_accuracy, record.penalty,
                  record.learning_rate, record.seconds, record.images_per_second);
  if (has_validation) {
    line += fmt::format(",{},{}", record.validation_loss, record.validation_accuracy);
  }
  return line + "\n";
}

std::string StepsHeader() { return "step,loss,learning_rate,momentum\n"; }

std::string StepsLine(const StepRecord& step) {
  return fmt::format("{},{},{},{}\n", step.step, step.loss, step.lr, step.momentum);
}

std::string LayersHeader() {
  return "epoch,layer,application,mean_before,deviation_before,mean_after,deviation_after,"
         "gradient_norm,weight_norm,running_mean_distance,running_variance_distance\n";
}

std::string LayersLines(int epoch, const std::vector<LayerStatistics>& layers) {
  std::string lines;
  for (const LayerStatistics& row : layers) {
    lines += fmt::format("{},{},{},{:.7g},{:.7g},{:.7g},{:.7g},{:.7g},{:.7g},", epoch, row.layer,
                         row.application, row.mean_before, row.deviation_before, row.mean_after,
                         row.deviation_after, row.gradient_norm, row.weight_norm);
    const bool running = !std::isnan(row.running_mean_distance);
    lines += running ? fmt::format("{:.7g},{:.7g}\n", row.running_mean_distance,
                                   row.running_variance_distance)
                     : ",\n";
  }
  return lines;
}

std::string StatisticsHeader() { return "epoch,statistics,test_loss,test_accuracy\n"; }

std::string StatisticsLines(const EpochRecord& record) {
  std::string lines;
  for (const StatisticsScore& score : record.statistics) {
    const std::string loss = std::isfinite(score.loss) ? fmt::format("{}", score.loss) : "";
    lines +=
        fmt::format("{},{},{},{}\n", record.epoch, NamesOf(score.kind).name, loss, score.accuracy);
  }
  return lines;
}

std::string JoinPieces(const std::string& header, const NumberedText& pieces) {
  std::string text = header;
  for (const auto& [number, piece] : pieces) text += piece;
  return text;
}

NumberedText SplitTable(const std::string& path, const std::string& text, const std::string& header,
                        LinesOfANumber lines) {
  if (!text.starts_with(header)) {
    throw DataError(
        fmt::format("{}:1: expected the columns {}", path, header.substr(0, header.find('\n'))));
  }
  NumberedText pieces;
  std::size_t start = header.size();
  for (int line_number = 2; start < text.size(); ++line_number) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1) + 1;
    const std::string line = text.substr(start, end - start);
    const std::int64_t number = LeadingNumber(line), next = std::ssize(pieces) + 1;
    const bool again = lines == LinesOfANumber::kSeveral && next > 1 && number == next - 1;
    if ((number != next && !again) || line.back() != '\n') {
      throw DataError(fmt::format("{}:{}: expected line {}", path, line_number, next));
    }
    pieces[number] += line;
    start = end;
  }
  return pieces;
}

NumberedText SplitLog(const std::string& path, const std::string& text) {
  NumberedText paragraphs;
  const std::size_t heading = sizeof kEpochHeading - 1;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t next = text.find(std::string("\n") + kEpochHeading, start);
    const std::size_t end = next == std::string::npos ? text.size() : next + 1;
    std::string paragraph = text.substr(start, end - start);
    const std::int64_t epoch =
        paragraph.starts_with(kEpochHeading) ? LeadingNumber(paragraph.substr(heading)) : -1;
    if (epoch != static_cast<std::int64_t>(paragraphs.size()) + 1) {
      throw DataError(fmt::format("{}: expected 'Epoch {}:'", path, paragraphs.size() + 1));
    }
    paragraphs[epoch] = std::move(paragraph);
    start = end;
  }
  return paragraphs;
}

std::string ErrorsCsv(const Dataset& dataset, const std::vector<float>& predictions) {
  std::string text =
      "index,truth,prediction,truth_name,prediction_name,truth_probability,"
      "prediction_probability,loss";
  const int classes = dataset.classes();
  for (int c = 0; c < classes; ++c) text += fmt::format(",probability_{}", c);
  text += "\n";
  for (std::size_t image = 0; image < dataset.test.size(); ++image) {
    const float* row = predictions.data() + image * static_cast<std::size_t>(classes);
    const int prediction = static_cast<int>(std::max_element(row, row + classes) - row);
    if (prediction != dataset.test.labels[image]) {
      text += ErrorsLine(dataset, image, prediction, row);
    }
  }
  return text;
}

void WritePredictions(const std::string& path, const Dataset& dataset,
                      const Predictions& predictions) {
  const auto images = static_cast<std::int64_t>(dataset.test.size());
  TensorFile file;
  file.metadata = {{"format", "pt"},
                   {"values", "log-probabilities of the test images"},
                   {"last_epoch", std::to_string(predictions.last_epoch)},
                   {"best_epoch", std::to_string(predictions.best_epoch)}};
  const std::vector<std::int64_t> shape = {images, dataset.classes()};
  file.tensors.push_back(FromValues("last", shape, predictions.last.data()));
  file.tensors.push_back(FromValues("best", shape, predictions.best.data()));
  file.tensors.push_back({"labels", DType::kU8, {images}, dataset.test.labels});
  WriteTensors(path, file);
}

Predictions ReadPredictions(const std::string& path, const Dataset& dataset) {
  const TensorFile file = ReadTensors(path);
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(dataset.test.size()),
                                           dataset.classes()};
  const NamedTensor* last = file.Find("last");
  const NamedTensor* best = file.Find("best");
  if (last == nullptr || best == nullptr || last->shape != shape || best->shape != shape) {
    throw DataError(
        fmt::format("{}: expected tensors last and best [{}, {}]", path, shape[0], shape[1]));
  }
  return {ToFloats(ToDoubles(*last, path)), ToFloats(ToDoubles(*best, path)),
          MetadataEpoch(file, path, "last_epoch"), MetadataEpoch(file, path, "best_epoch")};
}

}  // namespace normlab
