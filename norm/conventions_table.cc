#include "norm/conventions_table.h"

#include <fmt/core.h>

#include "base/text.h"
#include "norm/norm.h"

namespace normlab {
namespace {

std::string AxesText(const NormMethod& method) {
  if (!method.has_statistics) return "-";
  std::vector<std::string> axes;
  if (method.pools_images) axes.emplace_back("N");
  if (method.pools_channels == PooledChannels::kAll) axes.emplace_back("C");
  if (method.pools_channels == PooledChannels::kGroup) axes.emplace_back("C/G");
  if (method.pools_pixels) axes.insert(axes.end(), {"H", "W"});
  return Join(axes);
}

std::string StatisticsText(const NormMethod& method) {
  // Any shape whose extents differ and are above 1 tells which axes are left.
  const StatisticShape left = StatisticShapeOf(method, 2, {6, 4, 5}, 3);
  if (left.size() == 0) return "-";
  std::vector<std::string> extents;
  if (left.images > 1) extents.emplace_back("N");
  if (left.channels > 1) extents.emplace_back(left.channels == 6 ? "C" : "G");
  if (left.height > 1) extents.insert(extents.end(), {"H", "W"});
  return "[" + Join(extents) + "]";
}

std::string AffineText(const NormMethod& method) {
  if (method.affine == AffineKind::kNone) return "-";
  const std::string extents = method.affine == AffineKind::kPerElement ? "[C, H, W]" : "[C]";
  return (method.has_bias ? "weight, bias " : "weight ") + extents;
}

std::string SpreadText(const NormMethod& method) {
  if (!method.has_statistics) return "-";
  return method.centered ? "variance over n" : "mean square over n";
}

std::string EvaluationText(const NormMethod& method) {
  return method.running_statistics ? "running mean, running_var" : "as in training";
}

std::string RunningText(const NormMethod& method) {
  return method.running_statistics ? "(1 - m) old + m new, m = 0.1; running_var over n - 1" : "-";
}

}  // namespace

std::string NormalizationsMarkdown() {
  std::string text =
      "| norm | statistics over | their shape | what divides (eps 1e-5 inside the root) | learns | "
      "running statistics | in evaluation | PyTorch | source |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const NormMethod& method : NormMethods()) {
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | `{}` | {} |\n", method.name,
                        AxesText(method), StatisticsText(method), SpreadText(method),
                        AffineText(method), RunningText(method), EvaluationText(method),
                        method.pytorch, method.source);
  }
  return text;
}

}  // namespace normlab
