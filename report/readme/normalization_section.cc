#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/escape.h"
#include "base/text.h"
#include "explain/markdown_writer.h"
#include "explain/method_text.h"
#include "explain/worked_example.h"
#include "report/readme/markdown.h"
#include "report/readme/sections.h"

namespace normlab {
namespace {

constexpr std::uint64_t kExampleSeed = 1;
constexpr int kImages = 2;
constexpr Shape kShape{4, 2, 2};

std::vector<std::string> Norms(const ReadmeContext& context) {
  std::vector<std::string> norms;
  for (std::size_t i = 0; i < context.run.arms.size(); ++i) {
    const std::string norm = NormOf(context, i);
    if (std::find(norms.begin(), norms.end(), norm) == norms.end()) norms.push_back(norm);
  }
  return norms;
}

WorkedExample ExampleOf(const NormMethod& method) {
  ExampleInput input;
  input.method = &method;
  input.images = kImages;
  input.shape = kShape;
  input.groups = DefaultGroups(kShape.channels);
  DrawExample(input, kExampleSeed);
  return Work(input);
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

std::string MethodText(const NormMethod& method) {
  if (!IsExplained(method))
    return fmt::format("\n### {}\n\n{}", method.title, EquationText(method));
  std::string text = fmt::format("\n### {}\n\n{}\n\n", method.title, StatisticsText(method));
  if (!method.source.empty()) {
    text +=
        fmt::format("PyTorch: `{}`. Source: {}.\n\n", method.pytorch,
                    method.place == 0 ? MarkdownText(method.source) : std::string(method.source));
  }
  text += "```text\n" + Join(FormulaLines(method, false), "\n") + "\n```\n";
  if (!method.has_statistics) return text;
  return text +
         Folded(fmt::format("A worked example: {} on {} images of {} channels with {} x {} "
                            "pixels, forward and backward",
                            method.title, kImages, kShape.channels, kShape.height, kShape.width),
                ExampleNumbersMarkdown(ExampleOf(method), 4));
}

}  // namespace

std::string NormalizationSection(const ReadmeContext& context, int& figure) {
  std::string text = WhyNormalizeText() + "\n";
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
