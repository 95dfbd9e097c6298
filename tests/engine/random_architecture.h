// Networks drawn from the whole grammar of docs/architectures.md and the keys beside it.
#pragma once

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
    for (int layers = Integer(0, 7); layers > 0; --layers) line += Token(shape) + " ";
    return line + End(shape, classes);
  }

  std::string Token(Shape& shape) {
    const int side = std::min(shape.height, shape.width);
    const double kind = Unit();
    if (kind < 0.12 && side >= 2) {
      shape = {shape.channels, shape.height / 2, shape.width / 2};
      return "P";
    }
    if (kind < 0.22) {
      const int size = Integer(1, std::min(side, 4));
      shape = {shape.channels, shape.height / size, shape.width / size};
      return "A" + std::to_string(size);
    }
    if (kind < 0.24) {
      shape = {shape.channels, 1, 1};
      return "GAP";
    }
    return Convolution(shape);
  }

  std::string Convolution(Shape& shape) {
    const bool wide = Chance(0.65);
    const bool valid = wide && std::min(shape.height, shape.width) >= 3 && Chance(0.3);
    const int repeat = !valid && Chance(0.25) ? Integer(2, 3) : 1;
    const int channels = repeat > 1 ? shape.channels : Channels();
    if (valid) shape = {channels, shape.height - 2, shape.width - 2};
    shape.channels = channels;
    std::string token = (wide ? "C" : "c") + std::to_string(channels) + (valid ? "v" : "");
    if (Chance(0.25)) token += "/" + std::to_string(Divisor(channels));
    if (repeat > 1) token += "x" + std::to_string(repeat);
    return token + (Chance(0.15) ? "!" : "");
  }

  int Divisor(int number) {
    int divisor = Integer(1, number);
    while (number % divisor != 0) --divisor;
    return divisor;
  }

  std::string End(const Shape& shape, int classes) {
    const std::string last = std::to_string(classes) + (Chance(0.85) ? "!" : "");
    if (shape.pixels() == 1 && Chance(0.5)) return (Chance(0.5) ? "c" : "C") + last;
    if (Chance(0.3)) return (Chance(0.5) ? "c" : "C") + last + " GAP";
    return "GAP c" + last;
  }

  RandomStream stream_;
  int multiple_ = 1;
};

}  // namespace normlab
