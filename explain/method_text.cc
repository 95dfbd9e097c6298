#include "explain/method_text.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

std::string PooledText(const NormMethod& method) {
  if (method.pools_images) {
    return "The statistics come from all images of the batch, so what becomes of one image depends "
           "on "
           "the others beside it: small batches make it noisy (Wu & He 2018), and evaluation needs "
           "running statistics in the batch's place.";
  }
  return "The statistics come from one image alone: the other images of the batch do not matter, "
         "and "
         "training and evaluation compute the same.";
}

std::string ChannelsText(const NormMethod& method) {
  if (!method.pools_pixels) {
    return " Each pixel is normalized over its own channels: what a pixel keeps is the pattern "
           "over "
           "channels, and differences of scale between pixels vanish.";
  }
  switch (method.pools_channels) {
    case PooledChannels::kAll:
      return " All channels share one statistic, so that differences of mean and scale between "
             "channels and between pixels stay.";
    case PooledChannels::kGroup:
      return " Channels of a group share a statistic: one group is layer normalization, a group "
             "for "
             "every channel is instance normalization, and what lies between lets groups differ.";
    case PooledChannels::kOne:
      return method.pools_images
                 ? " Each channel loses its own mean and scale over the batch, and differences "
                   "between images stay."
                 : " Each channel of each image loses its own mean and contrast, and with them "
                   "what "
                   "sets one image's channel apart from another's.";
  }
  return "";
}

}  // namespace

bool IsExplained(const NormMethod& method) { return method.has_statistics || !method.normalizes(); }

const NormMethod& FindExplainedMethod(std::string_view name) {
  const bool named = !IsOwnNorm(name) && name.find_first_of("/.") == std::string_view::npos;
  const NormMethod* method = named ? &FindNormMethod(name) : nullptr;
  if (method != nullptr && IsExplained(*method)) return *method;
  std::vector<std::string> names;
  for (const NormMethod& other : NormMethods()) {
    if (IsExplained(other)) names.emplace_back(other.name);
  }
  throw UsageError(
      fmt::format("explain knows the shipped methods{}: expected one of {}, found '{}'",
                  named ? " of the family of moments" : "", Join(names), Printable(name)));
}

std::string WhyNormalizeText() {
  return "Why normalize: during training the scale of what a layer hands on drifts with all "
         "weights "
         "before it. Taking out mean and scale keeps what the next layer sees in a steady range, "
         "which lets larger learning rates train (Ioffe & Szegedy 2015) and makes the loss "
         "smoother "
         "(Santurkar et al. 2018); gamma and beta give back the scale and shift that serve the "
         "network.";
}

std::string StatisticsText(const NormMethod& method) {
  if (!method.has_statistics) {
    return "Nothing is normalized: y = x, and there is nothing to learn. It is the control beside "
           "which the others are judged: without a normalization the scale of a layer's output "
           "follows its weights, and large learning rates diverge (Bjorck et al. 2018).";
  }
  std::string text = PooledText(method) + ChannelsText(method);
  if (!method.centered) {
    text +=
        " The mean is not subtracted: only the scale is taken out, on the finding that re-scaling "
        "is what matters (Zhang & Sennrich 2019).";
  }
  if (method.affine == AffineKind::kPerElement) {
    text +=
        " A weight for every element ties the layer to one size of map, and costs as many weights "
        "as the map has values.";
  }
  return text;
}

std::string WhyText(const NormMethod& method) {
  if (!method.has_statistics) return StatisticsText(method);
  const std::string why =
      method.has_bias
          ? WhyNormalizeText()
          : "Why normalize: during training the scale of what a layer hands on drifts with all "
            "weights before it. Taking it out keeps what the next layer sees in a steady range, "
            "which lets larger learning rates train (Ioffe & Szegedy 2015); gamma gives back the "
            "scale that serves the network.";
  return why + " " + StatisticsText(method);
}

std::vector<std::string> FormulaLines(const NormMethod& method, bool uses_running) {
  if (!method.has_statistics) return {"y = x", "dx = dy"};
  const std::string pooled(method.pools_over);
  std::vector<std::string> lines = {
      fmt::format("S = {}; m = |S|, how many values that is", pooled)};
  if (method.centered) {
    lines.emplace_back("mean_S = sum_S x / m");
    lines.emplace_back("var_S = sum_S (x - mean_S)^2 / m");
  } else {
    lines.emplace_back("var_S = sum_S x^2 / m, the mean square, since no mean is subtracted");
  }
  const std::string mean = uses_running ? "running_mean" : "mean_S";
  const std::string var = uses_running ? "running_var" : "var_S";
  lines.push_back(fmt::format("xh = {} / s, s = sqrt({} + eps)",
                              method.centered ? fmt::format("(x - {})", mean) : "x", var));
  lines.emplace_back(method.has_bias ? "y = gamma xh + beta" : "y = gamma xh");
  if (method.running_statistics && !uses_running) {
    lines.emplace_back("running_mean <- (1 - momentum) running_mean + momentum mean_S");
    lines.emplace_back("running_var <- (1 - momentum) running_var + momentum var_S m / (m - 1)");
  }
  lines.emplace_back("backward, with g = gamma dy:");
  if (uses_running) {
    lines.emplace_back("dx = g / s");
  } else {
    lines.push_back(
        fmt::format("dx = (g{} - xh mean_S(g xh)) / s", method.centered ? " - mean_S(g)" : ""));
  }
  lines.emplace_back(method.has_bias ? "dgamma = sum dy xh, dbeta = sum dy" : "dgamma = sum dy xh");
  return lines;
}

}  // namespace normlab
