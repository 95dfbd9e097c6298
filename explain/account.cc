#include "explain/account.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/escape.h"
#include "explain/arithmetic.h"
#include "norm/equation/source_text.h"

namespace normlab {
namespace {

constexpr std::size_t kStatisticsInFull = 4, kGradientLines = 16;

class Writer {
 public:
  explicit Writer(const WorkedExample& example)
      : example_(example), input_(example.input), one_pooling_(OnePooling(example)) {}

  Account Whole() {
    Head();
    return Numbers();
  }

  Account Numbers() {
    account_.Heading("x");
    AddGrid(Axes::All(), input_.x);
    for (std::size_t i = 0; i < input_.learned.size(); ++i) {
      const equation::Learned& learned = input_.equation().learned[i];
      account_.Heading(fmt::format("{}[{}], learned", learned.name, learned.axes.text()));
      AddGrid(learned.axes, input_.learned[i]);
    }
    for (const WorkedStep& step : example_.steps) AddStep(step);
    if (input_.training) AddRunning();
    AddBackward();
    return std::move(account_);
  }

 private:
  void AddGrid(Axes axes, const Doubles& values, std::optional<Axes> letters = {}) {
    if (values.size() == 1) return account_.Lines({NumberText(values[0])});
    if (!letters && axes == Axes::All()) letters = one_pooling_;
    account_.Grid({input_.extents, axes, values, letters});
  }

  void Head() {
    const NormMethod& method = *input_.method;
    account_.Title(TitleText(input_));
    std::string about;
    if (!method.source.empty()) about += fmt::format("Source: {}. ", PlainLine(method.source));
    if (!method.pytorch.empty()) about += fmt::format("PyTorch: {}. ", PlainLine(method.pytorch));
    about += PlainLine(method.equation->notes);
    if (about.find_first_not_of(' ') != about.npos) account_.Paragraph(about);
    if (!input_.training && !method.running_statistics) {
      account_.Paragraph("Evaluation is the same as training: no running value is kept.");
    }
    if (input_.x.size() > kFullyPrintedValues) {
      account_.Paragraph(fmt::format(
          "Printed are the first {} of {} values, and of others as many; --json writes all.",
          fmt::join(kPrintedOfALargeOne, "x"), InputExtentsText(input_)));
    }
    account_.Heading("The equation");
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < input_.equation().statements.size(); ++i) {
      lines.push_back(equation::StatementText(input_.equation(), i));
    }
    account_.Lines(lines);
  }

  void AddStep(const WorkedStep& step) {
    account_.Heading(step.text);
    const std::size_t shown =
        step.axes == Axes::All() ? 1 : std::min(step.values.size(), kStatisticsInFull);
    if (step.reduces && !step.from_running) {
      AddStatistics(step, shown);
    } else {
      std::vector<std::string> lines;
      for (std::size_t i = 0; i < shown; ++i) {
        lines.push_back(ArithmeticLines(example_, step, i).back());
      }
      account_.Lines(lines);
    }
    if (step.values.size() > shown) AddGrid(step.axes, step.values);
  }

  // Who shares a statistic is shown on x, whatever is pooled.
  void AddStatistics(const WorkedStep& step, std::size_t count) {
    account_.Paragraph(fmt::format("{} {}.", step.name, PooledText(example_, step)));
    const bool shown = std::ranges::find(shown_poolings_, step.axes) != shown_poolings_.end();
    if (!shown && !step.axes.empty()) {
      account_.Paragraph(
          fmt::format("Values of x with the same letter enter one value of {}:", step.name));
      AddGrid(Axes::All(), input_.x, step.axes);
      shown_poolings_.push_back(step.axes);
    }
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < count; ++i) {
      lines.push_back(
          fmt::format("{}  {}", StatisticLetter(i), PlaceWords(input_.extents, step.axes, i)));
      for (const std::string& line : ArithmeticLines(example_, step, i)) {
        lines.push_back("   " + line);
      }
    }
    account_.Lines(lines);
  }

  void AddRunning() {
    std::vector<std::string> lines;
    bool unbiased = false;
    for (std::size_t i = 0; i < example_.observed.size(); ++i) {
      const std::size_t shown = std::min(example_.observed[i].size(), kStatisticsInFull);
      for (std::size_t p = 0; p < shown; ++p) lines.push_back(RunningLine(example_, i, p));
      unbiased |= shown > 0 && input_.equation().statements[i].running->unbiased;
    }
    if (lines.empty()) return;
    account_.Heading("Running values after the pass");
    account_.Paragraph(fmt::format("momentum, {}, is the weight of what this pass pooled{}.",
                                   NumberText(input_.constants.momentum),
                                   unbiased ? ", a variance times n / (n - 1)" : ""));
    account_.Lines(lines);
  }

  void AddBackward() {
    account_.Heading("Backward: dy, the gradient of L = sum(dy * y) that arrives");
    AddGrid(Axes::All(), input_.dy);
    for (std::size_t i = example_.steps.size() - 1; i-- > 0;) {
      const WorkedStep& step = example_.steps[i];
      if (!step.gradient.values.empty()) AddGradient("d" + step.name, step.axes, step.gradient);
    }
    for (std::size_t i = 0; i < input_.learned.size(); ++i) {
      const equation::Learned& learned = input_.equation().learned[i];
      AddGradient("d" + learned.name, learned.axes, example_.learned_gradients[i]);
    }
    AddGradient("dx", Axes::All(), example_.x_gradient);
    account_.Paragraph(CheckLine(example_));
  }

  void AddGradient(const std::string& name, Axes axes, const WorkedGradient& gradient) {
    account_.Heading(name);
    const std::size_t lines =
        axes == Axes::All() ? 1 : std::min(gradient.values.size(), kGradientLines);
    std::vector<std::string> text;
    for (std::size_t i = 0; i < lines; ++i) {
      std::string line =
          GradientLine(example_, gradient, name + PlaceText(input_.extents, axes, i), i);
      if (i < gradient.numeric.size()) {
        line += fmt::format(" (complex step: {})", NumberText(gradient.numeric[i]));
      }
      text.push_back(line);
    }
    account_.Lines(text);
    if (gradient.values.size() == lines) return;
    AddGrid(axes, gradient.values);
    if (gradient.numeric.size() != gradient.values.size()) return;
    account_.Paragraph(name + ", by a complex step:");
    AddGrid(axes, gradient.numeric);
  }

  const WorkedExample& example_;
  const ExampleInput& input_;
  const std::optional<Axes> one_pooling_;
  std::vector<Axes> shown_poolings_;
  Account account_;
};

}  // namespace

std::string TitleText(const ExampleInput& input) {
  std::string with;
  const auto add = [&](const char* form, double number) {
    with += (with.empty() ? " with " : ", ") + fmt::format(fmt::runtime(form), number);
  };
  if (DividesChannels(input.equation())) add("groups = {}", input.extents.groups);
  if (DividesImages(input.equation())) add("ghost = {}", input.extents.ghost);
  const bool ramps = std::ranges::any_of(input.equation().nodes, [](const equation::Node& node) {
    return node.kind == equation::Node::Kind::kRamp;
  });
  if (ramps) add("{} completed steps", input.constants.step);
  return fmt::format("{}{} on x of {} (images, channels, rows, columns), in {}",
                     PlainLine(input.method->title), with, InputExtentsText(input),
                     input.training ? "training" : "evaluation");
}

std::optional<Axes> OnePooling(const WorkedExample& example) {
  std::optional<Axes> one;
  for (const WorkedStep& step : example.steps) {
    if (!step.reduces) continue;
    if (one && *one != step.axes) return std::nullopt;
    one = step.axes;
  }
  return one && !one->empty() ? one : std::nullopt;
}

Account ExampleAccount(const WorkedExample& example) { return Writer(example).Whole(); }
Account NumbersAccount(const WorkedExample& example) { return Writer(example).Numbers(); }

}  // namespace normlab
