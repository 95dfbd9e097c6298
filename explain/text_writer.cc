#include "explain/text_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "explain/method_text.h"
#include "explain/sentences.h"
#include "explain/text_grid.h"

namespace normlab {
namespace {

constexpr std::size_t kWidth = 100;

class Writer {
 public:
  Writer(const WorkedExample& example, bool color)
      : example_(example),
        input_(example.input),
        method_(*example.input.method),
        window_(PrintedWindow(example)),
        letters_{true, color},
        color_(color) {}

  std::string Write() {
    AddHead();
    Section(method_.has_statistics ? "x, and which values share a statistic (the same letter)"
                                   : "x");
    Add(TextGrid(example_, input_.x, window_, letters_));
    if (method_.has_statistics) AddStatistics();
    AddForward();
    if (method_.running_statistics && input_.training) AddRunning();
    AddBackward();
    return std::move(text_);
  }

 private:
  void Add(const std::string& text) { text_ += text; }
  void Line(const std::string& text) { text_ += text.empty() ? "\n" : "  " + text + "\n"; }
  void Section(const std::string& title) { text_ += "\n" + title + "\n"; }
  void Paragraph(const std::string& text) { text_ += Wrapped(text, kWidth); }

  void AddHead() {
    Add(TitleText(example_) + "\n");
    if (method_.has_statistics) {
      Line("pools over  " + PooledText(example_));
    }
    Line(fmt::format("PyTorch     {}", method_.pytorch));
    if (!method_.source.empty()) Line(fmt::format("source      {}", method_.source));
    for (const std::string& note : {ModeNote(example_), WindowNote(example_, window_)}) {
      if (!note.empty()) Paragraph("\n" + note);
    }
    Section("Why");
    Paragraph(WhyText(method_));
    Section("Formulas");
    for (const std::string& line : FormulaLines(method_, input_.uses_running())) Line(line);
  }

  void AddStatistics() {
    Section("Each statistic");
    for (std::size_t s = 0; s < window_.statistics; ++s) {
      const std::string letter =
          color_ ? StatisticColor(s) + " " + StatisticLetter(s) + " " + kPlainColor
                 : StatisticLetter(s);
      Line(fmt::format("{}  {}", letter, StatisticCells(example_, s)));
      for (const std::string& line : StatisticLines(example_, s)) Line("     " + line);
    }
  }

  void AddForward() {
    if (method_.has_statistics) {
      Section("Normalized, xh");
      Add(TextGrid(example_, example_.normalized, window_, letters_));
    }
    if (!input_.gamma.empty()) AddAffine("gamma", input_.gamma);
    if (!input_.beta.empty()) AddAffine("beta", input_.beta);
    Section("y");
    Add(TextGrid(example_, example_.y, window_, letters_));
    Line("");
    Line(OutputLine(example_, 0));
  }

  void AddAffine(const char* name, const std::vector<double>& values) {
    std::vector<std::string> words;
    for (std::size_t p = 0; p < std::min(values.size(), kMostParameters); ++p) {
      words.push_back(NumberText(values[p]));
    }
    if (values.size() > kMostParameters) words.emplace_back("...");
    const bool per_element = method_.affine == AffineKind::kPerElement;
    Section(fmt::format("{} {}: {}", name, per_element ? "per element of [C,H,W]" : "per channel",
                        Join(words, "  ")));
  }

  void AddRunning() {
    Section(fmt::format(
        "Running statistics after one update, momentum {} (the weight of the new value; "
        "the variance is the unbiased one)",
        NumberText(input_.momentum)));
    const auto channels =
        std::min(static_cast<std::size_t>(input_.shape.channels), window_.statistics);
    for (std::size_t c = 0; c < channels; ++c) {
      for (const std::string& line : RunningLines(example_, c)) Line(line);
    }
  }

  void AddBackward() {
    Section("Backward: dy, the gradient that arrives");
    Add(TextGrid(example_, input_.dy, window_, letters_));
    Section("dx, by the formulas");
    Add(TextGrid(example_, example_.dx, window_, letters_));
    if (example_.numeric.dx.size() == example_.dx.size()) {
      Section("dx, by central differences of sum(dy y)");
      Add(TextGrid(example_, example_.numeric.dx, window_, letters_));
    }
    Line("");
    Line(InputGradientLine(example_, 0));
    for (const std::string& line : AffineGradientLines(example_)) Line(line);
    AddAffineGradient("dgamma", example_.dgamma, example_.numeric.dgamma);
    AddAffineGradient("dbeta", example_.dbeta, example_.numeric.dbeta);
    Line("");
    Line(NumericLine(example_));
  }

  void AddAffineGradient(const char* name, const std::vector<double>& formula,
                         const std::vector<double>& numeric) {
    if (formula.empty()) return;
    Section(fmt::format("{:<10}{:>12} {:>12}", name, "formula", "differences"));
    for (std::size_t p = 0; p < std::min(formula.size(), kMostParameters); ++p) {
      Line(fmt::format("{:>8}{:>12} {:>12}", ParameterPlace(input_, p), NumberText(formula[p]),
                       p < numeric.size() ? NumberText(numeric[p]) : ""));
    }
    if (formula.size() > kMostParameters) Line(fmt::format("... {} in all", formula.size()));
  }

  static constexpr std::size_t kMostParameters = 32;

  const WorkedExample& example_;
  const ExampleInput& input_;
  const NormMethod& method_;
  Window window_;
  GridOptions letters_;
  bool color_;
  std::string text_;
};

}  // namespace

std::string Wrapped(const std::string& text, std::size_t width) {
  std::string wrapped(text.find_first_not_of('\n'), '\n');
  std::size_t column = 0;
  for (const std::string& word : SplitWords(text)) {
    if (column > 0 && column + 1 + word.size() > width) {
      wrapped += '\n';
      column = 0;
    }
    if (column > 0) wrapped += ' ', ++column;
    wrapped += word;
    column += word.size();
  }
  return wrapped + '\n';
}

std::string ExampleText(const WorkedExample& example, bool color) {
  return Writer(example, color).Write();
}

}  // namespace normlab
