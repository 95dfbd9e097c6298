#include <fmt/format.h>

#include <algorithm>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_lines.h"
#include "inference/evaluation_text.h"
#include "norm/norm.h"

namespace normlab {
namespace {

constexpr std::size_t kLongestName = 20;
constexpr std::size_t kWidestMatrix = 20;  // classes; beyond it the pairs that are most confused
constexpr std::size_t kConfusedPairs = 10;

// `text` and spaces up to `width` characters; fmt counts bytes.
std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width - std::min(width, CharacterCount(text)), ' ');
}

std::string Percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.2f} %", 100 * *share) : "-";
}

class Table : private TextLines {
 public:
  Table(const Checkpoint& checkpoint, const EvaluationOptions& options,
        const EvaluationReport& report)
      : checkpoint_(checkpoint), options_(options), report_(report) {
    for (const std::string& name : report.class_names) {
      names_.push_back(Shortened(PlainLine(name), kLongestName));
      width_ = std::max(width_, CharacterCount(names_.back()));
    }
  }

  std::string Text() {
    AddHeading();
    AddScores();
    AddCalibration();
    AddClasses();
    if (names_.size() <= kWidestMatrix) {
      AddMatrix();
    } else {
      AddConfusedPairs();
    }
    return text();
  }

 private:
  void AddHeading() {
    const Config& config = checkpoint_.config;
    const bool on_cpu = ParseDevice(options_.engine.device, "--device").is_cpu;
    const std::string& engine = on_cpu ? options_.engine.engine : options_.engine.device;
    const std::string simd =
        on_cpu ? InstructionSet(FindEngine(engine), options_.engine.simd) : std::string();
    Line("{}: {}, {} norm, trained on {}, epoch {}", checkpoint_.path, PlainLine(config.model),
         NormLabel(config.norm), PlainLine(config.dataset), checkpoint_.epoch);
    Line("{}, {} images of {}, {}", PlainLine(report_.title), WithCommas(report_.images.size()),
         report_.split, "engine " + engine + (simd.empty() ? "" : " (" + simd + ")"));
  }

  void AddScore(const std::string& what, const Score& score) {
    Line("{:32} {:>9.6f} {:>8.2f} %  {} to {}", what, score.loss, score.accuracy,
         Percent(score.interval.low), Percent(score.interval.high));
  }

  void AddScores() {
    Line("");
    Line("{:32} {:>9} {:>10}  {}", "", "loss", "accuracy", "95 % Wilson interval of the accuracy");
    const bool several = report_.on_batch || report_.reestimated;
    AddScore(several
                 ? "with running statistics"
                 : fmt::format("{} of {} correct", report_.score.correct, report_.images.size()),
             report_.score);
    if (report_.on_batch) AddScore("with the statistics of a batch", *report_.on_batch);
    if (report_.reestimated) AddScore("with re-estimated statistics", *report_.reestimated);
    if (report_.views) {
      AddScore(fmt::format("several views of each ({})", options_.views), *report_.views);
    }
    if (report_.on_batch) {
      Line("batches of {}, the last of {}; {} images change their prediction", report_.batch,
           report_.last_batch, report_.changed);
    } else if (!report_.no_batch_statistics.empty()) {
      Line("batch statistics: not shown: {}", report_.no_batch_statistics);
    }
    if (report_.reestimated) {
      Line("re-estimated from {} training images, {}; {} images change their prediction",
           WithCommas(report_.reestimated_from),
           options_.reestimate == "shared" ? "one set for a unit, however often it is applied"
                                           : "a set for each application of a unit",
           report_.reestimated_changed);
    }
    if (report_.views) {
      Line("the views' logits averaged; {} images change their prediction", report_.views_changed);
    }
  }

  void AddCalibration() {
    Line("");
    Line("expected calibration error {:.2f} % ({} bins of equal width)",
         100 * report_.calibration.error, report_.calibration.bins.size());
  }

  void AddClasses() {
    Line("");
    Line("{}  {:>7}  {:>7}  {:>9}  {:>9}", Padded("class", width_), "images", "correct",
         "precision", "recall");
    for (std::size_t c = 0; c < names_.size(); ++c) {
      const ClassScore& score = report_.classes[c];
      Line("{}  {:>7}  {:>7}  {:>9}  {:>9}", Padded(names_[c], width_), score.images, score.correct,
           Percent(score.precision()), Percent(score.recall()));
    }
  }

  // Columns are numbered as the rows stand: names would not fit above numbers.
  void AddMatrix() {
    Line("");
    Line("confusion matrix: a row for each label, a column for each prediction in the same order");
    for (std::size_t label = 0; label < names_.size(); ++label) {
      std::string line = Padded(names_[label], width_) + " ";
      for (const int images : report_.confusion[label]) line += fmt::format(" {:>5}", images);
      Line("{}", line);
    }
  }

  void AddConfusedPairs() {
    struct Pair {
      std::size_t label, prediction;
      int images;
    };
    std::vector<Pair> pairs;
    for (std::size_t label = 0; label < names_.size(); ++label) {
      for (std::size_t prediction = 0; prediction < names_.size(); ++prediction) {
        const int images = report_.confusion[label][prediction];
        if (label != prediction && images > 0) pairs.push_back({label, prediction, images});
      }
    }
    std::ranges::stable_sort(pairs, std::greater<>(), &Pair::images);
    pairs.resize(std::min(pairs.size(), kConfusedPairs));
    Line("");
    Line("most often confused (--json has the whole matrix):");
    for (const Pair& pair : pairs) {
      Line("{:>5}  {} taken for {}", pair.images, names_[pair.label], names_[pair.prediction]);
    }
  }

  const Checkpoint& checkpoint_;
  const EvaluationOptions& options_;
  const EvaluationReport& report_;
  std::vector<std::string> names_;
  std::size_t width_ = 5;
};

}  // namespace

std::string EvaluationTable(const Checkpoint& checkpoint, const EvaluationOptions& options,
                            const EvaluationReport& report) {
  return Table(checkpoint, options, report).Text();
}

}  // namespace normlab
