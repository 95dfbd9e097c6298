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
#include "config/norm_setting.h"
#include "explain/comparison.h"
#include "explain/json_writer.h"
#include "explain/page_writer.h"
#include "explain/values_file.h"

namespace normlab {
namespace {

struct ExplainFlags {
  std::string norm;
  std::vector<std::string> compare;
  std::optional<std::string> shape, values, out;
  std::string mode = "train", color = "auto";
  std::optional<int> groups, ghost;
  std::int64_t seed = 1, steps = 0;
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
  input.extents = {
      .images = extents[0], .channels = extents[1], .rows = extents[2], .columns = extents[3]};
}

class Explanation {
 public:
  explicit Explanation(const ExplainFlags& flags) : flags_(flags) {
    if (flags.values) values_ = ReadExampleValues(*flags.values);
  }

  WorkedExample One() const {
    const NormMethod& method = Method(flags_.norm);
    CheckDivisorsAreUsed({&method});
    return Work(Input(method, FitValues::kExactly));
  }

  NormComparison Both() const {
    const NormMethod &a = Method(flags_.compare[0]), &b = Method(flags_.compare[1]);
    CheckDivisorsAreUsed({&a, &b});
    if (values_) CheckValuesAreUsed(*values_, {&a, &b});
    return CompareNorms(Work(Input(a, FitValues::kLoosely)), Work(Input(b, FitValues::kLoosely)));
  }

 private:
  static const NormMethod& Method(const std::string& named) {
    return FindNormMethod(NormFromPath(named, "", "explain"));
  }

  // --groups and --ghost are refused where no method of the command divides channels or images; a
  // page has them all.
  void CheckDivisorsAreUsed(const std::vector<const NormMethod*>& methods) const {
    const auto check = [&](const char* name, const std::optional<int>& number, auto divides) {
      if (!number || flags_.html) return;
      for (const NormMethod* method : methods) {
        if (divides(method->equation->equation)) return;
      }
      throw UsageError(fmt::format("--{} {}: {} has no {}; leave it out", name, *number,
                                   Printable(methods.front()->name),
                                   name == std::string_view("ghost") ? "ghost batches" : name));
    };
    check("groups", flags_.groups, equation::DividesChannels);
    check("ghost", flags_.ghost, equation::DividesImages);
  }

  ExampleInput Input(const NormMethod& method, FitValues fit) const {
    ExampleInput input;
    input.method = &method;
    input.training = flags_.mode == "train";
    input.constants.step = static_cast<double>(flags_.steps);
    if (values_) {
      input.extents.images = values_->x.extents[0];
      input.extents.channels = values_->x.extents[1];
    } else {
      TakeShape(flags_.shape.value_or(kDefaultShape), input);
    }
    equation::Extents& extents = input.extents;
    if (flags_.groups) CheckGroups(*flags_.groups, extents.channels);
    extents.groups = flags_.groups.value_or(DefaultGroups(extents.channels));
    extents.ghost = flags_.ghost.value_or(DefaultGhost(extents.images));
    if (values_) {
      TakeExampleValues(*values_, fit, seed(), input);
      return input;
    }
    DrawExample(input, seed());
    return fit == FitValues::kLoosely ? Alike(input) : input;
  }

  // With what is learned alike for all elements of a channel.
  static ExampleInput Alike(ExampleInput input) {
    for (std::size_t i = 0; i < input.learned.size(); ++i) {
      input.learned[i] = DrawnLearned(input, i, true);
    }
    return input;
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
    if (flags.html) return ExamplePage(comparison.a, comparison.b.input.method);
    const Account account = ComparisonAccount(comparison);
    return flags.markdown ? account.Markdown(2) : account.Text(color);
  }
  const WorkedExample example = explanation.One();
  if (flags.json) return JsonDocument(ExampleJson(example));
  if (flags.html) return ExamplePage(example);
  const Account account = ExampleAccount(example);
  return flags.markdown ? account.Markdown(2) : account.Text(color);
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
  explain->add_option("norm", flags.norm,
                      Join(NormNames()) + ", a file of your own, or an equation");
  explain
      ->add_option("--compare", flags.compare, "two methods on the same numbers: where they part")
      ->expected(2);
  explain->add_option("--shape", flags.shape,
                      fmt::format("images,channels,rows,columns; default: {}", kDefaultShape));
  explain->add_option("--groups", flags.groups,
                      "of channels; default: the smallest number above 1 that divides them");
  explain->add_option("--ghost", flags.ghost, "images of a ghost batch; default: half of them")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()));
  explain->add_option("--steps", flags.steps, "optimizer steps completed, for ramps")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->capture_default_str();
  explain->add_option("--seed", flags.seed, "of the numbers that are drawn")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))
      ->capture_default_str();
  explain->add_option("--values", flags.values,
                      "a JSON file with x, and if you like what is learned and kept by name, "
                      "momentum, eps, steps, dy (docs/explain.md)");
  explain->add_option("--mode", flags.mode, "train, or eval: with the running statistics")
      ->check(CLI::IsMember({"train", "eval"}))
      ->capture_default_str();
  explain->add_option("--color", flags.color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  CLI::Option* json = explain->add_flag("--json", flags.json, "for programs, in full precision");
  CLI::Option* markdown = explain->add_flag("--markdown", flags.markdown, "for a README");
  CLI::Option* html =
      explain->add_flag("--html", flags.html, "a page in which you change numbers and the method");
  json->excludes(markdown)->excludes(html);
  markdown->excludes(html);
  explain->add_option("--out", flags.out, "a file instead of standard output");
  explain->footer(
      "normlab explain group\nnormlab explain batch --shape 3,2,2,2 --mode eval\n"
      "normlab explain --compare layer layer-channels\n"
      "normlab explain ./mine.toml --html --out mine.html\n"
      "normlab explain layer --values numbers.json --html --out layer.html");
  return {explain, [shared](const std::vector<std::string>&) { return Explain(*shared); }};
}

}  // namespace normlab
