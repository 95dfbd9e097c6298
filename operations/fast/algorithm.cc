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

bool MayUseWinograd(Simd simd, const ConvolutionOptions& options) {
  return options.kernel == 3 && options.stride == 1 &&
         (simd == Simd::kAvx2 || simd == Simd::kAvx512);
}

Shape OfGroup(Shape map, const ConvolutionOptions& options) {
  return {map.channels / options.groups, map.height, map.width};
}

// From so many channels to a map, in a group.
Algorithm CheaperAlgorithm(int inputs, const Shape& outputs, int tile_rows) {
  const double tiles =
      RoundUp(outputs.height, tile_rows) / tile_rows * RoundUp(outputs.width, 4) / 4;
  const double products = (tile_rows + 2) * 6;
  const double pairs = static_cast<double>(inputs) * outputs.channels;
  const double winograd = tiles * products * (pairs + kPerValue * (inputs + outputs.channels));
  return winograd < DirectCost(inputs, outputs) ? Algorithm::kWinograd : Algorithm::kDirect;
}

// Of the filters' gradient. From 32 channels on each side it is the faster one (measured); where it
// would save little of a step, trainings that there were before it keep their bits.
bool PaysByChannels(int inputs, int outputs, double tiles) {
  constexpr int kFew = 32, kVector = 16;
  constexpr double kManyProducts = 16384;
  return inputs % kVector == 0 && outputs % kVector == 0 && inputs >= kFew && outputs >= kFew &&
         tiles * inputs * outputs >= kManyProducts;
}

}  // namespace

Algorithm ForwardAlgorithm(Simd simd, const ConvolutionOptions& options, const Shape& input) {
  if (!MayUseWinograd(simd, options)) return Algorithm::kDirect;
  return CheaperAlgorithm(OfGroup(input, options).channels, OfGroup(options.Output(input), options),
                          2);
}

Algorithm InputGradientAlgorithm(Simd simd, const ConvolutionOptions& options, const Shape& input) {
  if (!MayUseWinograd(simd, options)) return Algorithm::kDirect;
  return CheaperAlgorithm(options.channels / options.groups, OfGroup(input, options), 4);
}

Algorithm FilterGradientAlgorithm(Simd simd, const ConvolutionOptions& options,
                                  const Shape& input) {
  if (!MayUseWinograd(simd, options)) return Algorithm::kDirect;
  const int inputs = OfGroup(input, options).channels;
  const Shape outputs = OfGroup(options.Output(input), options);
  const double tiles = RoundUp(outputs.height, 4) / 4 * RoundUp(outputs.width, 4) / 4;
  const double pairs = RoundUp(inputs, 4) * RoundUp(outputs.channels, 4);
  // Each product's sums are added over the lanes, and transformed back, once in 16 tiles.
  const double lanes = 4 * RoundUp(static_cast<int>(tiles), 16) / 16;
  const double winograd =
      36 * (pairs * (tiles + lanes) + kPerValue * tiles * (inputs + outputs.channels));
  if (winograd >= DirectCost(inputs, outputs)) return Algorithm::kDirect;
  return PaysByChannels(inputs, outputs.channels, tiles) ? Algorithm::kWinogradByChannels
                                                         : Algorithm::kWinograd;
}

// Direct kernels larger than a pixel read a border of zeros around the map, which a normalization
// would move.
bool ReadsNormalized(Simd simd, const ConvolutionOptions& options, const Shape& input) {
  if (options.kernel == 1 || options.IsDepthwise(input)) return true;
  return ForwardAlgorithm(simd, options, input) == Algorithm::kWinograd &&
         FilterGradientAlgorithm(simd, options, input) != Algorithm::kDirect;
}

bool AddsGradient(Simd simd, const ConvolutionOptions& options, const Shape& input) {
  return !options.IsDepthwise(input) &&
         InputGradientAlgorithm(simd, options, input) == Algorithm::kWinograd;
}

}  // namespace normlab
