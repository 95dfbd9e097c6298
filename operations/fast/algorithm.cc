#include "operations/fast/algorithm.h"

namespace normlab {
namespace {

// Costs in multiply-adds of 16 lanes. What Winograd's transforms cost beside the products: 4.6
// cycles for each value that they make or take (a profile of cifar-37k's forward pass), in which
// two units do 9 multiply-adds.
constexpr double kPerValue = 9;

double RoundUp(int count, int multiple) {
  return static_cast<double>((count + multiple - 1) / multiple) * multiple;
}

double DirectCost(int inputs, const Shape& outputs) {
  return 9.0 * inputs * static_cast<double>(outputs.size());
}

bool MayUseWinograd(Simd simd, int kernel) {
  return kernel == 3 && (simd == Simd::kAvx2 || simd == Simd::kAvx512);
}

Algorithm ConvolutionAlgorithm(Simd simd, int kernel, int inputs, const Shape& outputs,
                               int tile_rows) {
  if (!MayUseWinograd(simd, kernel)) return Algorithm::kDirect;
  const double tiles =
      RoundUp(outputs.height, tile_rows) / tile_rows * RoundUp(outputs.width, 4) / 4;
  const double products = (tile_rows + 2) * 6;
  const double pairs = static_cast<double>(inputs) * outputs.channels;
  const double winograd = tiles * products * (pairs + kPerValue * (inputs + outputs.channels));
  return winograd < DirectCost(inputs, outputs) ? Algorithm::kWinograd : Algorithm::kDirect;
}

}  // namespace

Algorithm ForwardAlgorithm(Simd simd, int kernel, int inputs, const Shape& outputs) {
  return ConvolutionAlgorithm(simd, kernel, inputs, outputs, 2);
}

Algorithm InputGradientAlgorithm(Simd simd, int kernel, const Shape& inputs, int outputs) {
  return ConvolutionAlgorithm(simd, kernel, outputs, inputs, 4);
}

Algorithm FilterGradientAlgorithm(Simd simd, int kernel, int inputs, const Shape& outputs) {
  if (!MayUseWinograd(simd, kernel)) return Algorithm::kDirect;
  const double tiles = RoundUp(outputs.height, 4) / 4 * RoundUp(outputs.width, 4) / 4;
  const double pairs = RoundUp(inputs, 4) * RoundUp(outputs.channels, 4);
  // Each product's sums are added over the lanes, and transformed back, once in 16 tiles.
  const double lanes = 4 * RoundUp(static_cast<int>(tiles), 16) / 16;
  const double winograd =
      36 * (pairs * (tiles + lanes) + kPerValue * tiles * (inputs + outputs.channels));
  return winograd < DirectCost(inputs, outputs) ? Algorithm::kWinograd : Algorithm::kDirect;
}

// The direct 3x3 kernels read a border of zeros around the map, which a normalization would move.
bool ReadsNormalized(Simd simd, int kernel, int inputs, const Shape& outputs) {
  if (kernel == 1) return true;
  return ForwardAlgorithm(simd, kernel, inputs, outputs) == Algorithm::kWinograd &&
         FilterGradientAlgorithm(simd, kernel, inputs, outputs) == Algorithm::kWinograd;
}

}  // namespace normlab
