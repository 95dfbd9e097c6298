// One side of the race of convolutions: a program that is given a convolution's shape and then
// times its passes on command, so that another program can race it in alternating rounds.
//
// Reads commands from stdin and answers each with one line on stdout:
//   version        what computes: library, version, instruction set
//   load I O K P H W FIRST [STRIDE GROUPS]
//                  a convolution of I to O channels, kernel K, padding P, input of H rows and W
//                  columns; FIRST 1: the network's first layer, which needs no input gradient.
//                  Answers with what it chose to compute with.
//   time MS        each pass again and again for at least MS milliseconds; milliseconds a pass:
//                  forward, then the gradients, in one pass or in two
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace normlab {

struct ContestOptions {
  int batch = 64;
  int threads = 1;
  std::string simd = "best";  // ours only
};

struct ConvolutionShape {
  int in = 0, out = 0, kernel = 0, padding = 0, height = 0, width = 0;
  bool first = false;
  int stride = 1, groups = 1;

  int out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
  int out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
  std::size_t weights() const { return std::size_t{1} * out * (in / groups) * kernel * kernel; }
  std::size_t input_size() const { return std::size_t{1} * in * height * width; }
  std::size_t output_size() const { return std::size_t{1} * out * out_height() * out_width(); }
};

class Contestant {
 public:
  virtual ~Contestant() = default;
  virtual std::string Version() const = 0;
  virtual std::string Load(const ConvolutionShape& shape) = 0;
  virtual std::vector<double> Time(double milliseconds) = 0;  // forward, gradients
};

// Maps and their gradients lie in memory this often and take turns: 64 MiB of them, about what a
// network's step passes over, so that every pass reads from beyond the cores' own caches.
int CopiesOf(const ConvolutionShape& shape, int batch);

// pass(copy) in turns until the time is over, after one turn that is not counted; the mean.
template <class OnePass>
double MeanMilliseconds(double milliseconds, int copies, const OnePass& pass) {
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double, std::milli> elapsed{};
  int passes = 0;
  pass(copies - 1);
  for (const auto start = Clock::now(); elapsed.count() < milliseconds; ++passes) {
    pass(passes % copies);
    elapsed = Clock::now() - start;
  }
  return elapsed.count() / passes;
}

// Throws UsageError naming the command that is not one.
std::string Answer(Contestant& contestant, const std::string& command);

// The whole program: flags, then commands until stdin ends. Returns the exit code.
int RunContestant(int argc, char** argv,
                  std::unique_ptr<Contestant> (*make)(const ContestOptions&));

}  // namespace normlab
