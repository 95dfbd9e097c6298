#include "model/token.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

class TokenReader {
 public:
  TokenReader(std::string_view text, int column) : rest_(text), column_(column) {
    layer_.token = text;
  }

  Layer Read() {
    if (layer_.token == "GAP") {
      layer_.kind = LayerKind::kGlobalAveragePool;
      return layer_;
    }
    if (Accept('C')) {
      ReadConvolution(3);
    } else if (Accept('c')) {
      ReadConvolution(1);
    } else if (Accept('P')) {
      layer_.kind = LayerKind::kMaxPool;
      layer_.kernel = 2;
      ExpectEnd("nothing: P is a 2x2 max pool and takes neither a number nor a suffix");
    } else if (Accept('A')) {
      layer_.kind = LayerKind::kAveragePool;
      layer_.kernel = ReadNumber("the size of the average pool", kMaxChannels);
      ExpectEnd("nothing: a pool takes no suffix");
    } else {
      Fail("C24 (3x3 convolution), c12 (1x1), P (max pool), A6 (average pool) or GAP");
    }
    return layer_;
  }

 private:
  void ReadConvolution(int kernel) {
    layer_.kind = LayerKind::kConvolution;
    layer_.kernel = kernel;
    layer_.output.channels = ReadNumber("the number of channels", kMaxChannels);
    layer_.padding = kernel / 2;
    if (kernel > 1 && Accept('v')) layer_.padding = 0;
    if (Accept('/')) layer_.groups = ReadNumber("the number of groups", kMaxChannels);
    if (Accept('x')) layer_.repeat = ReadNumber("how often the layer is applied", kMaxRepeat);
    layer_.bare = Accept('!');
    ExpectEnd(kernel > 1 ? "one of the suffixes v (no padding), /G (groups), xN (applied N times), "
                           "! (bare), in this order"
                         : "one of the suffixes /G (groups), xN (applied N times), ! (bare), in "
                           "this order (a 1x1 convolution has no padding)");
  }

  bool Accept(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  int ReadNumber(std::string_view meaning, int largest) {
    const std::string expected = fmt::format("{}, 1 to {}", meaning, largest);
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') Fail(expected);
    int number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc() || number < 1 || number > largest) Fail(expected);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  void ExpectEnd(std::string_view expected) const {
    if (!rest_.empty()) Fail(expected);
  }

  [[noreturn]] void Fail(std::string_view expected) const {
    const int column = column_ + static_cast<int>(layer_.token.size() - rest_.size());
    throw UsageError(fmt::format("model: cannot read '{}' at column {}: found '{}', expected {}",
                                 Printable(layer_.token), column,
                                 rest_.empty() ? "nothing more" : Printable(rest_), expected));
  }

  Layer layer_;
  std::string_view rest_;
  int column_;  // of the first character in the line, from 1
};

}  // namespace

std::vector<Layer> ParseTokens(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r\n\f\v";
  std::vector<Layer> layers;
  std::size_t start = line.find_first_not_of(kSpace);
  while (start != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(kSpace, start), line.size());
    if (layers.size() == kMaxLayers) {
      throw UsageError(fmt::format("model: the line has more than {} layers, at column {}",
                                   kMaxLayers, start + 1));
    }
    TokenReader reader(line.substr(start, end - start), static_cast<int>(start) + 1);
    layers.push_back(reader.Read());
    start = line.find_first_not_of(kSpace, end);
  }
  return layers;
}

}  // namespace normlab
