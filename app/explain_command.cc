#include "app/explain_command.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <memory>
#include <optional>

#include "app/color.h"
#include "app/standard_streams.h"
#include "base/owned_folder.h"
#include "base/printable.h"
#include "base/text.h"
#include "explain/comparison.h"
#include "explain/json_writer.h"
#include "explain/markdown_writer.h"
#include "explain/method_text.h"
#include "explain/page_writer.h"
#include "explain/text_writer.h"
#include "explain/values_file.h"

namespace normlab {
namespace {

struct ExplainFlags {
  std::string norm;
  std::vector<std::string> compare;
  std::optional<std::string> shape, values, out;
  std::string mode = "train", color = "auto";
  std::optional<int> groups;
  std::int64_t seed = 1;
  bool json = false, markdown = false, html = false;
};

constexpr const char* kDefaultShape = "2,4,2,2";

[[noreturn]] void RefuseShape(const std::string& text) {
  throw UsageError(
      fmt::format("--shape {}: expected four whole numbers above 0, images,channels,rows,columns, "
                  "with at most {} "
                  "values together, such as {}",
                  Printable(text), kMostExampleValues, kDefaultShape));
}

void TakeShape(const std::string& text, ExampleInput& input) {
  int extents[4] = {};
  const char *at = text.data(), *end = text.data() + text.size();
  std::size_t values = 1;
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && (at == end || *at++ != ',')) RefuseShape(text);
    const auto [next, error] = std::from_chars(at, end, extents[i]);
    if (error != std::errc() || extents[i] < 1) RefuseShape(text);
    values *= static_cast<std::size_t>(extents[i]);
    if (values > kMostExampleValues) RefuseShape(text);
    at = next;
  }
  if (at != end) RefuseShape(text);
  input.images = extents[0];
  input.shape = {extents[1], extents[2], extents[3]};
}

class Explanation {
 public:
  explicit Explanation(const ExplainFlags& flags) : flags_(flags) {
    if (flags.values) values_ = ReadExampleValues(*flags.values);
  }

  WorkedExample One() const {
    const NormMethod& method = FindExplainedMethod(flags_.norm);
    CheckGroupsAreUsed({&method});
    ExampleInput input = Start(method);
    if (values_) {
      TakeExampleValues(*values_, FitValues::kExactly, seed(), input);
    } else {
      TakeShape(flags_.shape.value_or(kDefaultShape), input);
      DrawExample(input, seed());
    }
    return Finished(input);
  }

  NormComparison Both() const {
    const NormMethod &a = FindExplainedMethod(flags_.compare[0]),
                     &b = FindExplainedMethod(flags_.compare[1]);
    CheckGroupsAreUsed({&a, &b});
    if (values_) CheckValuesAreUsed(*values_, {&a, &b});
    return CompareNorms(OneOfTwo(a), OneOfTwo(b));
  }

 private:
  // --groups is refused where no method of the command has groups; a page has them all.
  void CheckGroupsAreUsed(const std::vector<const NormMethod*>& methods) const {
    if (!flags_.groups || flags_.html) return;
    for (const NormMethod* method : methods) {
      if (method->pools_channels == PooledChannels::kGroup) return;
    }
    throw UsageError(fmt::format("--groups {}: {} has no groups; leave it out", *flags_.groups,
                                 methods.front()->name));
  }

  ExampleInput Start(const NormMethod& method) const {
    ExampleInput input;
    input.method = &method;
    input.training = flags_.mode == "train";
    return input;
  }

  WorkedExample OneOfTwo(const NormMethod& method) const {
    ExampleInput input = Start(method);
    if (values_) {
      TakeExampleValues(*values_, FitValues::kLoosely, seed(), input);
    } else {
      TakeShape(flags_.shape.value_or(kDefaultShape), input);
      DrawExample(input, seed());
      RepeatChannelAffine(input);
    }
    return Finished(input);
  }

  WorkedExample Finished(ExampleInput& input) const {
    const int channels = input.shape.channels;
    if (flags_.groups) CheckGroups(*flags_.groups, channels);
    input.groups = flags_.groups.value_or(DefaultGroups(channels));
    return Work(input);
  }

  std::uint64_t seed() const { return static_cast<std::uint64_t>(flags_.seed); }

  const ExplainFlags& flags_;
  std::optional<ExampleValues> values_;
};

std::string Rendered(const ExplainFlags& flags) {
  const Explanation explanation(flags);
  // Colours are for a terminal, never for a file.
  const bool color = !flags.out && ColorsOnStandardOutput(flags.color);
  if (!flags.compare.empty()) {
    const NormComparison comparison = explanation.Both();
    if (flags.json) return JsonDocument(ComparisonJson(comparison));
    return flags.markdown ? ComparisonMarkdown(comparison) : ComparisonText(comparison, color);
  }
  const WorkedExample example = explanation.One();
  if (flags.json) return JsonDocument(ExampleJson(example));
  if (flags.markdown) return ExampleMarkdown(example);
  return flags.html ? ExamplePage(example) : ExampleText(example, color);
}

void CheckFlags(const ExplainFlags& flags) {
  if (flags.norm.empty() == flags.compare.empty()) {
    throw UsageError(flags.norm.empty()
                         ? "explain: expected a normalization, such as normlab explain group, or "
                           "--compare A B"
                         : "explain: expected a normalization or --compare A B, found both");
  }
  if (flags.shape && flags.values) {
    throw UsageError("--shape: --values has an x with its own shape; leave one of the two out");
  }
  if (flags.html && !flags.compare.empty()) {
    throw UsageError(
        "--html: a page shows one method at a time and lets you change it; expected "
        "--compare with text, --json or --markdown");
  }
}

ExitCode Explain(const ExplainFlags& flags) {
  CheckFlags(flags);
  const std::string text = Rendered(flags);
  if (flags.out) {
    WriteNewFile(*flags.out, text);
  } else {
    PrintText(text);
  }
  return ExitCode::kDone;
}

}  // namespace

Command AddExplainCommand(CLI::App& program) {
  const auto shared = std::make_shared<ExplainFlags>();
  ExplainFlags& flags = *shared;
  CLI::App* explain = program.add_subcommand(
      "explain",
      "Work a normalization out on a small tensor, forward and backward, every number shown.");
  explain->add_option("norm", flags.norm, Join(NormNames()));
  explain
      ->add_option("--compare", flags.compare, "two methods on the same numbers: where they part")
      ->expected(2);
  explain->add_option("--shape", flags.shape,
                      fmt::format("images,channels,rows,columns; default: {}", kDefaultShape));
  explain->add_option("--groups", flags.groups,
                      "of group; default: the smallest number above 1 that divides the channels");
  explain->add_option("--seed", flags.seed, "of the numbers that are drawn")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))
      ->capture_default_str();
  explain->add_option("--values", flags.values,
                      "a JSON file with x, and if you like gamma, beta, running_mean, running_var, "
                      "momentum, eps, dy (docs/explain.md)");
  explain->add_option("--mode", flags.mode, "train, or eval: with the running statistics")
      ->check(CLI::IsMember({"train", "eval"}))
      ->capture_default_str();
  explain->add_option("--color", flags.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  CLI::Option* json = explain->add_flag("--json", flags.json, "for programs, in full precision");
  CLI::Option* markdown = explain->add_flag("--markdown", flags.markdown, "tables for a README");
  CLI::Option* html =
      explain->add_flag("--html", flags.html, "a page in which you change numbers and the method");
  json->excludes(markdown)->excludes(html);
  markdown->excludes(html);
  explain->add_option("--out", flags.out, "a file instead of standard output");
  explain->footer(
      "normlab explain group\nnormlab explain batch --shape 3,2,2,2 --mode eval\n"
      "normlab explain --compare layer layer-channels\n"
      "normlab explain layer --values numbers.json --html --out layer.html");
  return {explain, [shared](const std::vector<std::string>&) { return Explain(*shared); }};
}

}  // namespace normlab
