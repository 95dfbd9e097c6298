// Networks drawn from the whole grammar of docs/architectures.md and the keys beside it.
#pragma once

#include <numeric>

#include "base/philox.h"
#include "tests/engine/follow_twin.h"

namespace normlab {

// Draws addressed by (seed, number): the same case whatever was drawn before. Some cannot be built
// (ParseArchitecture refuses them); none is larger than a test can afford.
class RandomArchitecture {
 public:
  RandomArchitecture(std::uint64_t seed, std::uint32_t number)
      : stream_(seed, Purpose::kSamples, 1, number) {}

  Case Draw() {
    Case c;
    const int largest = Chance(0.1) ? 33 : 14;
    c.input = {OneOf({1, 2, 3, 4, 16, 17}), Integer(1, largest), Integer(1, largest)};
    c.classes = OneOf({1, 2, 3, 4, 10, 17});
    c.batch = OneOf({1, 2, 15, 16, 17, 31, 32, 33, 64, 65});
    c.shift = Chance(0.2) ? 10.0f : 0.0f;
    c.threads = Integer(1, 3);
    DrawOptions(c.options);
    c.model = Line(c.input, c.classes);
    return c;
  }

 private:
  double Unit() { return stream_.Uniform(0, 1); }
  bool Chance(double probability) { return Unit() < probability; }
  int Integer(int low, int high) {
    return std::min(high, low + static_cast<int>(Unit() * (high - low + 1)));
  }
  template <class T>
  T OneOf(std::initializer_list<T> list) {
    return list.begin()[Integer(0, static_cast<int>(list.size()) - 1)];
  }

  void DrawOptions(ModelOptions& options) {
    const std::vector<std::string> norms = NormNames();
    options.norm = norms[static_cast<std::size_t>(Integer(0, static_cast<int>(norms.size()) - 1))];
    options.groups = Integer(1, 4);
    options.norm_eps = OneOf({1e-5, 1e-3, 0.1});
    options.norm_momentum = OneOf({0.1, 0.0, 1.0, 0.37});
    options.statistics_per_application = Chance(0.5);
    options.dropout = OneOf({0.0, 0.0, 0.05, 0.3, 0.9});
    if (Chance(0.3)) options.activation = Activation().substr(1);
    for (int i = 2; i > 0; --i) std::swap(options.order[i], options.order[Integer(0, i)]);
    // Channels that the drawn number of groups divides, or most lines would be refused.
    multiple_ = options.norm == "group" ? options.groups : 1;
  }

  int Channels() {
    const int some = Chance(0.85) ? Integer(1, 13) : OneOf({15, 16, 17, 24, 33});
    return (some + multiple_ - 1) / multiple_ * multiple_;
  }

  std::string Line(Shape shape, int classes) {
    std::string line;
    for (int layers = Integer(0, 7); layers > 0; --layers) line += Item(shape, 2) + " ";
    return line + End(shape, classes);
  }

  // A layer, or brackets of at most so many within each other. Moves `shape` to what it leaves.
  std::string Item(Shape& shape, int brackets) {
    if (brackets > 0 && Chance(0.2)) return Brackets(shape, brackets - 1);
    return Token(shape);
  }

  std::string Layers(Shape& shape, int brackets) {
    std::string layers;
    for (int count = Integer(1, 3); count > 0; --count) layers += Item(shape, brackets) + " ";
    return layers;
  }

  std::string Brackets(Shape& shape, int brackets) {
    const double kind = Unit();
    if (kind < 0.5) return Residual(shape, brackets);
    if (kind < 0.7) return Concatenation(shape, brackets);
    // Branches that keep the shape, so that their sum has one.
    const std::string first = KeepingBranch(shape),
                      second = Chance(0.3) ? "" : KeepingBranch(shape);
    return "(" + first + " | " + second + ")+" + AfterSum();
  }

  std::string Residual(Shape& shape, int brackets) {
    const Shape before = shape;
    const std::string layers = Layers(shape, brackets);
    const bool wide = shape.channels >= before.channels;
    std::string shortcut;
    if (shape != before || Chance(0.2)) shortcut = wide && Chance(0.5) ? "A" : "B";
    const std::string times = shape == before && Chance(0.2) ? "*2" : "";
    return "(" + layers + ")+" + shortcut + AfterSum() + times;
  }

  std::string AfterSum() { return Chance(0.2) ? "!" : Chance(0.2) ? Activation() : ""; }

  std::string Concatenation(Shape& shape, int brackets) {
    const std::string first = KeepingBranch(shape);
    Shape second = shape;
    const std::string other = Chance(0.4) ? KeepingBranch(second) : "";
    (void)brackets;
    shape.channels *= 2;
    return other.empty() ? "(" + first + ")&" : "(" + first + " | " + other + ")&";
  }

  // One to two convolutions that leave the shape that they are given.
  std::string KeepingBranch(const Shape& shape) {
    const std::string channels = std::to_string(shape.channels);
    const std::string first =
        Chance(0.3) ? std::string("D") : OneOf<std::string>({"C", "c"}) + channels;
    return Chance(0.5) ? first : first + " " + OneOf<std::string>({"C", "c"}) + channels + Suffix();
  }

  std::string Token(Shape& shape) {
    const double kind = Unit();
    if (kind < 0.17) return Pool(shape);
    if (kind < 0.19) {
      shape = {shape.channels, 1, 1};
      return "GAP";
    }
    return Convolution(shape);
  }

  std::string Pool(Shape& shape) {
    const int side = std::min(shape.height, shape.width);
    const bool maximum = Chance(0.5);
    if (maximum && side >= 2 && Chance(0.6)) {
      shape = {shape.channels, shape.height / 2, shape.width / 2};
      return "P";
    }
    const int size = Integer(1, std::min(side, 4));
    std::string token = (maximum ? "P" : "A") + std::to_string(size);
    const int stride = Chance(0.5) ? Integer(1, 3) : size, padding = Chance(0.3) ? size / 2 : 0;
    if (stride != size) token += "s" + std::to_string(stride);
    if (padding > 0) token += "p" + std::to_string(padding);
    const auto places = [&](int extent) { return (extent + 2 * padding - size) / stride + 1; };
    shape = {shape.channels, places(shape.height), places(shape.width)};
    return token;
  }

  std::string Convolution(Shape& shape) {
    const int kernel = OneOf({1, 3, 3, 3, 3, 5, 7});
    const bool depthwise = kernel > 1 && Chance(0.15);
    const bool valid = kernel > 1 && std::min(shape.height, shape.width) >= kernel && Chance(0.3);
    const int stride = Chance(0.2) ? Integer(2, 3) : 1;
    const int repeat = !valid && stride == 1 && Chance(0.2) ? Integer(2, 3) : 1;
    const int channels = depthwise || repeat > 1 ? shape.channels : Channels();
    std::string token = depthwise ? "D" : (kernel > 1 ? "C" : "c") + std::to_string(channels);
    if (kernel > 3) token += "k" + std::to_string(kernel);
    if (stride > 1) token += "s" + std::to_string(stride);
    if (!depthwise && Chance(0.2))
      token += "g" + std::to_string(Divisor(std::gcd(shape.channels, channels)));
    if (Chance(0.15)) token += "b";
    if (valid) token += "v";
    if (Chance(0.25)) token += "/" + std::to_string(Divisor(channels));
    if (repeat > 1) token += "x" + std::to_string(repeat);
    const int padding = valid ? 0 : kernel / 2;
    const auto places = [&](int extent) { return (extent + 2 * padding - kernel) / stride + 1; };
    shape = {channels, places(shape.height), places(shape.width)};
    return token + Suffix();
  }

  std::string Activation() {
    const std::vector<std::string> all = ActivationChoices();
    return ":" + all[static_cast<std::size_t>(Integer(0, static_cast<int>(all.size()) - 1))];
  }

  std::string Suffix() {
    std::string suffix = Chance(0.2) ? Activation() : "";
    if (Chance(0.05)) suffix += "@" + OneOf<std::string>({"none", "batch", "layer", "rms", "frn"});
    return suffix + (Chance(0.15) ? "!" : "");
  }

  int Divisor(int number) {
    int divisor = Integer(1, number);
    while (number % divisor != 0) --divisor;
    return divisor;
  }

  std::string End(const Shape& shape, int classes) {
    const std::string last =
        std::to_string(classes) + (Chance(0.2) ? "b" : "") + (Chance(0.85) ? "!" : "");
    if (shape.pixels() == 1 && Chance(0.5)) return (Chance(0.5) ? "c" : "C") + last;
    if (Chance(0.3)) return (Chance(0.5) ? "c" : "C") + last + " GAP";
    return "GAP c" + last;
  }

  RandomStream stream_;
  int multiple_ = 1;
};

}  // namespace normlab
