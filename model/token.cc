#include "model/token.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

constexpr std::string_view kConvolutionSuffixes =
    "kN (kernel 1, 3, 5 or 7), sN (stride), gN (groups of channels), b (bias), v (no padding), /G "
    "(groups of its normalization), xN (applied N times), :activation, @normalization, ! (bare), "
    "in "
    "this order";
constexpr std::string_view kPointwiseSuffixes =
    "one of the suffixes sN (stride), gN (groups of channels), b (bias), /G (groups of its "
    "normalization), xN (applied N times), :activation, @normalization, ! (bare), in this order (a "
    "1x1 convolution has no padding)";
constexpr std::string_view kPoolSuffixes =
    "nothing, or of the suffixes sN (stride), pN (padding), in this order: a pool has no others";

constexpr int kMaxStride = 16;

void ReadKernel(WordReader& reader, Layer& layer) {
  if (!reader.Accept("k")) return;
  WordReader at_number = reader;
  layer.kernel = reader.Number("the size of the kernel", kMaxChannels);
  if (layer.kernel > 7 || layer.kernel % 2 == 0) at_number.Fail("a kernel of 1, 3, 5 or 7");
}

// A shipped one: a user's own is the key norm's.
std::string ReadNorm(WordReader& reader) {
  if (!reader.Accept("@")) return "";
  const WordReader at_name = reader;
  const std::vector<std::string> names = NormNames();
  std::string name = reader.Name("a normalization: " + Join(names));
  if (std::ranges::find(names, name) == names.end()) {
    at_name.Fail(fmt::format("a normalization: {}{}", Join(names), NearestWords(name, names)));
  }
  return name;
}

void ReadConvolution(WordReader& reader, Layer& layer) {
  const bool pointwise = layer.kernel == 1;
  if (!pointwise) ReadKernel(reader, layer);
  if (reader.Accept("s")) layer.stride = reader.Number("the stride", kMaxStride);
  if (!layer.depthwise && reader.Accept("g")) {
    layer.channel_groups = reader.Number("the number of groups of channels", kMaxChannels);
  }
  layer.bias = reader.Accept("b");
  layer.padding = layer.kernel / 2;
  if (!pointwise && reader.Accept("v")) layer.padding = 0;
  if (reader.Accept("/")) layer.groups = reader.Number("the number of groups", kMaxChannels);
  if (reader.Accept("x"))
    layer.repeat = reader.Number("how often the layer is applied", kMaxRepeat);
  layer.activation = ReadActivation(reader);
  layer.norm = ReadNorm(reader);
  layer.bare = reader.Accept("!");
}

void ReadPool(WordReader& reader, Layer& layer) {
  layer.stride = layer.kernel;
  if (reader.Accept("s")) layer.stride = reader.Number("the stride of the pool", kMaxChannels);
  if (!reader.Accept("p")) return;
  const WordReader at_number = reader;
  layer.padding = reader.Number("the padding of the pool", kMaxChannels);
  if (2 * layer.padding > layer.kernel) {
    at_number.Fail(fmt::format("a padding of at most half the pool's size, {}", layer.kernel / 2));
  }
}

// What may stand behind it is said where something else does.
std::string_view ReadKind(WordReader& reader, Layer& layer) {
  if (reader.Accept("GAP")) {
    layer.kind = LayerKind::kGlobalAveragePool;
    return "nothing: GAP takes no suffix";
  }
  if (reader.Accept("P")) {
    layer.kind = LayerKind::kMaxPool;
    layer.kernel = reader.HasNumber() ? reader.Number("the size of the pool", kMaxChannels) : 2;
    ReadPool(reader, layer);
    return kPoolSuffixes;
  }
  if (reader.Accept("A")) {
    layer.kind = LayerKind::kAveragePool;
    layer.kernel = reader.Number("the size of the average pool", kMaxChannels);
    ReadPool(reader, layer);
    return kPoolSuffixes;
  }
  layer.kind = LayerKind::kConvolution;
  layer.kernel = 3;
  if (reader.Accept("D")) {
    layer.depthwise = true;
  } else if (reader.Accept("C")) {
    layer.output.channels = reader.Number("the number of channels", kMaxChannels);
  } else if (reader.Accept("c")) {
    layer.kernel = 1;
    layer.output.channels = reader.Number("the number of channels", kMaxChannels);
  } else {
    reader.Fail(
        "C24 (3x3 convolution), c12 (1x1), D (depthwise), P (max pool), A6 (average pool), GAP or "
        "( ... )");
  }
  const bool pointwise = layer.kernel == 1;
  ReadConvolution(reader, layer);
  return pointwise ? kPointwiseSuffixes : kConvolutionSuffixes;
}

bool MayStandInAName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

bool WordReader::Accept(std::string_view expected) {
  if (!rest_.starts_with(expected)) return false;
  rest_.remove_prefix(expected.size());
  return true;
}

int WordReader::Number(std::string_view meaning, int largest) {
  const std::string expected = fmt::format("{}, 1 to {}", meaning, largest);
  if (!HasNumber()) Fail(expected);
  int number = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
  if (error != std::errc() || number < 1 || number > largest) Fail(expected);
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return number;
}

std::string WordReader::Name(std::string_view expected) {
  const auto end = std::ranges::find_if_not(rest_, MayStandInAName);
  std::string name(rest_.begin(), end);
  if (name.empty()) Fail(expected);
  rest_.remove_prefix(name.size());
  return name;
}

std::string QuotedOrNothing(std::string_view found) {
  return found.empty() ? "nothing more" : "'" + Printable(found) + "'";
}

void WordReader::ExpectEnd(std::string_view expected) const {
  if (!rest_.empty()) Fail(expected);
}

void WordReader::Fail(std::string_view expected) const {
  const int column = column_ + static_cast<int>(word_.size() - rest_.size());
  throw UsageError(fmt::format("model: cannot read '{}' at column {}: found {}, expected {}",
                               Printable(word_), column, QuotedOrNothing(rest_), expected));
}

std::string ReadActivation(WordReader& reader) {
  if (!reader.Accept(":")) return "";
  const WordReader at_name = reader;
  const std::vector<std::string> names = ActivationChoices();
  std::string name = reader.Name("an activation: " + Join(names));
  if (std::ranges::find(names, name) == names.end()) {
    at_name.Fail(fmt::format("an activation: {}{}", Join(names), NearestWords(name, names)));
  }
  return name;
}

Layer ReadLayer(WordReader& reader, std::string_view word) {
  Layer layer;
  const std::string_view suffixes = ReadKind(reader, layer);
  if (!reader.rest().starts_with('*')) reader.ExpectEnd(suffixes);
  layer.token = word.substr(0, word.size() - reader.rest().size());
  return layer;
}

}  // namespace normlab
