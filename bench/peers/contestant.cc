#include "bench/peers/contestant.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "bench/peers/answers.h"

namespace normlab {
namespace {

constexpr std::size_t kBytes = std::size_t{64} << 20;

int Number(const std::string& word, int smallest) {
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size() || number < smallest) {
    throw UsageError(fmt::format("'{}': expected a whole number from {}", word, smallest));
  }
  return number;
}

ConvolutionShape ReadShape(const std::vector<std::string>& words) {
  ConvolutionShape shape;
  shape.in = Number(words[1], 1);
  shape.out = Number(words[2], 1);
  shape.kernel = Number(words[3], 1);
  shape.padding = Number(words[4], 0);
  shape.height = Number(words[5], 1);
  shape.width = Number(words[6], 1);
  shape.first = Number(words[7], 0) == 1;
  if (words.size() > 8) {
    shape.stride = Number(words[8], 1);
    shape.groups = Number(words[9], 1);
  }
  if (std::min(shape.height, shape.width) + 2 * shape.padding < shape.kernel) {
    throw UsageError("the kernel is larger than the padded input");
  }
  if (shape.in % shape.groups != 0 || shape.out % shape.groups != 0) {
    throw UsageError("the groups do not divide the channels");
  }
  return shape;
}

}  // namespace

int CopiesOf(const ConvolutionShape& shape, int batch) {
  const std::size_t bytes = 2 * sizeof(float) * batch * (shape.input_size() + shape.output_size());
  return static_cast<int>(std::max<std::size_t>(2, kBytes / bytes + 1));
}

std::string Answer(Contestant& contestant, const std::string& command) {
  const std::vector<std::string> words = SplitWords(command);
  if (words.size() == 1 && words[0] == "version") return contestant.Version();
  if ((words.size() == 8 || words.size() == 10) && words[0] == "load")
    return contestant.Load(ReadShape(words));
  if (words.size() == 2 && words[0] == "time") {
    return fmt::format("{:.6f}", fmt::join(contestant.Time(Number(words[1], 1)), " "));
  }
  throw UsageError("unknown command '" + command +
                   "', expected version, load I O K P H W FIRST [STRIDE GROUPS] or time MS");
}

int RunContestant(int argc, char** argv,
                  std::unique_ptr<Contestant> (*make)(const ContestOptions&)) {
  ContestOptions options;
  CLI::App app("Convolutions on command (bench/peers/contestant.h)");
  app.add_option("--batch", options.batch)->check(CLI::Range(1, 16384));
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 1024));
  app.add_option("--simd", options.simd);
  CLI11_PARSE(app, argc, argv);
  return AnswerCommands(argv[0], [&] {
    return [contestant = make(options)](const std::string& command) {
      return Answer(*contestant, command);
    };
  });
}

}  // namespace normlab
