#include "explain/markdown_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "explain/method_text.h"
#include "explain/sentences.h"
#include "explain/window.h"

namespace normlab {
namespace {

using Row = std::vector<std::string>;

class Writer {
 public:
  Writer(const WorkedExample& example, int level)
      : example_(example),
        input_(example.input),
        method_(*example.input.method),
        window_(PrintedWindow(example)),
        level_(level) {}

  std::string Write() {
    AddHead();
    return WriteNumbers();
  }

  std::string WriteNumbers() {
    AddForward();
    if (method_.running_statistics && input_.training) AddRunning();
    AddBackward();
    return std::move(text_);
  }

 private:
  void Heading(const std::string& title, int deeper = 1) {
    text_ += std::string(static_cast<std::size_t>(level_ + deeper), '#') + " " + title + "\n\n";
  }
  void Paragraph(const std::string& text) { text_ += text + "\n\n"; }
  void Code(const std::vector<std::string>& lines) {
    text_ += "```text\n" + Join(lines, "\n") + "\n```\n\n";
  }
  void Table(const Row& head, const std::vector<Row>& rows) {
    text_ += "| " + Join(head, " | ") + " |\n|";
    for (std::size_t i = 0; i < head.size(); ++i) text_ += "---:|";
    text_ += "\n";
    for (const Row& row : rows) text_ += "| " + Join(row, " | ") + " |\n";
    text_ += "\n";
  }

  void AddHead() {
    Heading(TitleText(example_), 0);
    std::string about = fmt::format("PyTorch: `{}`.", method_.pytorch);
    if (!method_.source.empty()) about += fmt::format(" Source: {}.", method_.source);
    if (method_.has_statistics) {
      about = fmt::format("Pools over {}. ", PooledText(example_)) + about;
    }
    Paragraph(about);
    for (const std::string& note : {ModeNote(example_), WindowNote(example_, window_)}) {
      if (!note.empty()) Paragraph(note);
    }
    Paragraph(WhyText(method_));
    Code(FormulaLines(method_, input_.uses_running()));
  }

  // A row for every channel of an image, a column for every pixel.
  void Tensor(const std::vector<double>& values) {
    Row head = {"image", "channel"};
    for (int h = 0; h < window_.height; ++h) {
      for (int w = 0; w < window_.width; ++w) head.push_back(fmt::format("({}, {})", h, w));
    }
    std::vector<Row> rows;
    for (int n = 0; n < window_.images; ++n) {
      for (int c = 0; c < window_.channels; ++c) {
        rows.push_back({std::to_string(n), std::to_string(c)});
        for (int h = 0; h < window_.height; ++h) {
          for (int w = 0; w < window_.width; ++w) {
            rows.back().push_back(Cell(values, ValueIndex(input_.shape, n, c, h, w)));
          }
        }
      }
    }
    Table(head, rows);
  }

  std::string Cell(const std::vector<double>& values, std::size_t e) const {
    if (!method_.has_statistics) return NumberText(values[e]);
    return fmt::format("{} **{}**", NumberText(values[e]),
                       StatisticLetter(static_cast<std::size_t>(example_.statistic_of[e])));
  }

  void AddStatistics() {
    Heading("Statistics");
    const auto number = [](const std::vector<double>& values, std::size_t s) {
      return s < values.size() ? NumberText(values[s]) : std::string();
    };
    Row head = {"statistic", "values of", "mean", "var", "unbiased var", "deviation"};
    if (!method_.centered) head = {"statistic", "values of", "mean(x^2)", "deviation"};
    if (input_.uses_running()) head.insert(head.end() - 1, {"running mean", "running var"});
    std::vector<Row> rows;
    for (std::size_t s = 0; s < window_.statistics; ++s) {
      Row row = {"**" + StatisticLetter(s) + "**", StatisticCells(example_, s)};
      if (method_.centered) row.push_back(NumberText(example_.mean_of_x[s]));
      row.push_back(NumberText(example_.var_of_x[s]));
      if (method_.centered) row.push_back(number(example_.unbiased_var_of_x, s));
      if (input_.uses_running()) {
        row.push_back(NumberText(example_.mean[s]));
        row.push_back(NumberText(example_.var[s]));
      }
      row.push_back(NumberText(example_.deviation[s]));
      rows.push_back(row);
    }
    Table(head, rows);
    Paragraph(fmt::format("**{}** in full:", StatisticLetter(0)));
    Code(StatisticLines(example_, 0));
  }

  void AddForward() {
    Heading(method_.has_statistics ? "x; values with the same letter share a statistic" : "x");
    Tensor(input_.x);
    if (method_.has_statistics) {
      AddStatistics();
      Heading("Normalized");
      Tensor(example_.normalized);
    }
    Heading("y");
    Tensor(example_.y);
    Code({OutputLine(example_, 0)});
  }

  void AddRunning() {
    Heading(fmt::format("Running statistics after one update, momentum {}",
                        NumberText(input_.momentum)));
    std::vector<std::string> lines;
    const auto channels =
        std::min(static_cast<std::size_t>(input_.shape.channels), window_.statistics);
    for (std::size_t c = 0; c < channels; ++c) {
      for (const std::string& line : RunningLines(example_, c)) lines.push_back(line);
    }
    Code(lines);
  }

  void AddBackward() {
    Heading("Backward: dy");
    Tensor(input_.dy);
    Heading("dx");
    Tensor(example_.dx);
    if (example_.numeric.dx.size() == example_.dx.size()) {
      Paragraph("By central differences:");
      Tensor(example_.numeric.dx);
    }
    std::vector<std::string> lines = {InputGradientLine(example_, 0)};
    for (const std::string& line : AffineGradientLines(example_)) lines.push_back(line);
    Code(lines);
    if (!input_.gamma.empty()) AddAffine();
    Paragraph(NumericLine(example_));
  }

  void AddAffine() {
    Heading("gamma and beta");
    const bool bias = method_.has_bias;
    Row head = {"place", "gamma", "dgamma", "by differences"};
    if (bias) head.insert(head.end(), {"beta", "dbeta", "by differences"});
    const auto number = [](const std::vector<double>& values, std::size_t p) {
      return p < values.size() ? NumberText(values[p]) : std::string();
    };
    std::vector<Row> rows;
    const std::size_t printed = std::min<std::size_t>(input_.gamma.size(), 32);
    for (std::size_t p = 0; p < printed; ++p) {
      rows.push_back({ParameterPlace(input_, p), number(input_.gamma, p),
                      number(example_.dgamma, p), number(example_.numeric.dgamma, p)});
      if (!bias) continue;
      rows.back().insert(rows.back().end(), {number(input_.beta, p), number(example_.dbeta, p),
                                             number(example_.numeric.dbeta, p)});
    }
    Table(head, rows);
    if (printed < input_.gamma.size()) {
      Paragraph(fmt::format("The first {} of {}.", printed, input_.gamma.size()));
    }
  }

  const WorkedExample& example_;
  const ExampleInput& input_;
  const NormMethod& method_;
  Window window_;
  int level_;
  std::string text_;
};

}  // namespace

std::string ExampleMarkdown(const WorkedExample& example, int heading_level) {
  return Writer(example, heading_level).Write();
}

std::string ExampleNumbersMarkdown(const WorkedExample& example, int heading_level) {
  return Writer(example, heading_level - 1).WriteNumbers();
}

}  // namespace normlab
