#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/escape.h"
#include "base/text.h"
#include "explain/account.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"

namespace normlab {
namespace {

constexpr std::uint64_t kExampleSeed = 1;
constexpr equation::Extents kExtents = {
    .images = 2, .ghost = 1, .channels = 4, .groups = 2, .rows = 2, .columns = 2};

constexpr const char* kWhyNormalize =
    "Why normalize: during training the scale of what a layer hands on drifts with all weights "
    "before it. Taking out mean and scale keeps what the next layer sees in a steady range, which "
    "lets larger learning rates train (Ioffe & Szegedy 2015) and makes the loss smoother "
    "(Santurkar "
    "et al. 2018); a learned scale and shift give back what serves the network.";

std::vector<std::string> Norms(const ReadmeContext& context) {
  std::vector<std::string> norms;
  for (std::size_t i = 0; i < context.run.arms.size(); ++i) {
    const std::string norm = NormOf(context, i);
    if (std::find(norms.begin(), norms.end(), norm) == norms.end()) norms.push_back(norm);
  }
  return norms;
}

// A fence that no line of the equation closes: a comment may hold anything.
std::string EquationText(const NormMethod& method) {
  std::string text;
  if (!method.pytorch.empty()) text += fmt::format("PyTorch: {}. ", MarkdownText(method.pytorch));
  if (!method.source.empty()) text += fmt::format("Source: {}.", MarkdownText(method.source));
  if (!text.empty()) text += "\n\n";
  std::string_view equation = method.equation->equation.text;
  equation = equation.substr(0, equation.find_last_not_of(" \t\n") + 1);
  std::string fence = "```";
  while (equation.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{}{}text\n{}\n{}\n", text, fence, equation, fence);
}

// Its equation, with the worked arithmetic below; a method that does not go with so small a tensor
// says why.
std::string MethodText(const NormMethod& method) {
  const std::string text =
      fmt::format("\n### {}\n\n{}", MarkdownText(method.title), EquationText(method));
  ExampleInput input;
  input.method = &method;
  input.extents = kExtents;
  DrawExample(input, kExampleSeed);
  try {
    return text + Folded(fmt::format("A worked example: {} on {} images of {} channels with {} x "
                                     "{} pixels, forward and backward",
                                     PlainLine(method.title), kExtents.images, kExtents.channels,
                                     kExtents.rows, kExtents.columns),
                         NumbersAccount(Work(input)).Markdown(3));
  } catch (const UsageError& error) {
    return fmt::format("{}\n{}\n", text, MarkdownText(error.what()));
  }
}

}  // namespace

std::string NormalizationSection(const ReadmeContext& context, int& figure) {
  std::string text = std::string(kWhyNormalize) + "\n";
  if (!context.figures.layers.empty()) {
    text += "\nThe scale in the networks of this report, layer by layer:\n" +
            FigureList(context.figures.layers, figure);
  }
  for (const std::string& norm : Norms(context)) {
    try {
      text += MethodText(FindNormMethod(norm));
    } catch (const Error& error) {
      text += fmt::format("\n{}\n", MarkdownText(error.what()));
    }
  }
  return text;
}

}  // namespace normlab
