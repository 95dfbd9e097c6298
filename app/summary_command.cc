#include "app/summary_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "app/standard_streams.h"
#include "base/text.h"
#include "config/norm_setting.h"
#include "data/dataset.h"
#include "model/token.h"
#include "study/build_info.h"
#include "summary/json.h"
#include "summary/markdown.h"
#include "summary/plan_text.h"
#include "summary/text.h"
#include "train/optimizer.h"

namespace normlab {
namespace {

// What is not given is the preset's, where the model is one.
struct SummaryFlags {
  std::string model;
  std::optional<std::string> dataset, order, norms;
  std::optional<int> groups;
  int batch = 64;
  double dropout = 0;
  std::string optimizer = "sgd", program = "room", weights = "none";
  bool json = false, markdown = false, ascii = false, plan = false;
  int ghost = 0;
};

constexpr int kMostBatch = 16384;  // as for the key batch_size
constexpr std::string_view kDefaultDataset = "cifar10";

int StatesOf(const std::string& optimizer) {
  const OptimizerOptions options = {.kind = optimizer};
  CheckOptimizer(options);
  return static_cast<int>(MakeOptimizer<float>(options, {ParameterGroup{0, 1}})->state().size());
}

SummaryOptions OptionsOf(const SummaryFlags& flags) {
  const ModelPreset* preset = FindModelPreset(flags.model);
  SummaryOptions options;
  options.model = flags.model;
  options.norms = flags.norms ? NormsOfFlag(*flags.norms, "flag --norm") : NormNames();
  options.batch = flags.batch;
  options.optimizer = flags.optimizer;
  options.optimizer_states = StatesOf(flags.optimizer);
  if (preset != nullptr) {
    options.options.groups = preset->groups;
    options.options.order = ParseOrder(preset->order);
  }
  if (flags.groups) options.options.groups = *flags.groups;
  if (flags.order) options.options.order = ParseOrder(*flags.order);
  options.options.dropout = flags.dropout;
  options.options.norm_by_equation = flags.program == "equation";
  options.options.ghost = flags.ghost;
  options.options.weights = WeightsFromPath(flags.weights, "", "flag --weights");
  const std::string_view dataset = preset != nullptr ? preset->dataset : kDefaultDataset;
  const DatasetInfo& data = FindDatasetInfo(flags.dataset ? *flags.dataset : dataset);
  options.dataset = data.name;
  options.input = data.shape;
  options.classes = data.classes;
  return options;
}

// Of every normalization that the model can have.
std::string PlansText(const Summary& summary) {
  std::string text;
  for (const NormSummary& norm : summary.norms) {
    if (!text.empty()) text += "\n";
    text += fmt::format("{}: {}\n\n", norm.method->title, summary.line);
    text += norm.possible() ? PlanText(*norm.plan, BestSimd()) : norm.refusal + "\n";
  }
  return text;
}

std::string PlansJson(const Summary& summary) {
  nlohmann::ordered_json plans = nlohmann::ordered_json::array();
  for (const NormSummary& norm : summary.norms) {
    nlohmann::ordered_json plan = {{"normalization", norm.method->name}};
    if (norm.possible()) {
      plan.update(PlanJson(*norm.plan, BestSimd()));
    } else {
      plan["refusal"] = norm.refusal;
    }
    plans.push_back(std::move(plan));
  }
  const nlohmann::ordered_json json = {
      {"normlab", ThisBuild().version}, {"line", summary.line}, {"plans", std::move(plans)}};
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ExitCode PrintSummary(const SummaryFlags& flags) {
  const Summary summary = Summarize(OptionsOf(flags));
  if (flags.plan) {
    PrintText(flags.json ? PlansJson(summary) : PlansText(summary));
    return ExitCode::kDone;
  }
  if (flags.json) {
    PrintText(SummaryJson(summary, ThisBuild().version));
  } else {
    PrintText(flags.markdown ? SummaryMarkdown(summary) : SummaryText(summary, flags.ascii));
  }
  return ExitCode::kDone;
}

}  // namespace

Command AddSummaryCommand(CLI::App& program) {
  const auto shared = std::make_shared<SummaryFlags>();
  SummaryFlags& flags = *shared;
  CLI::App* summary = program.add_subcommand(
      "summary",
      "Show a model's layers, parameters, multiply-adds, receptive fields and statistics.");
  summary->add_option("model", flags.model, "a preset or an architecture line")->required();
  summary->add_option(
      "--norm", flags.norms,
      Join(NormNames()) + ", or a method's file.toml; several with commas; default: all");
  summary->add_option("--dataset", flags.dataset,
                      "whose shape and classes; none is read; default: the preset's, or cifar10");
  summary->add_option("--batch", flags.batch, "images of a batch")
      ->check(CLI::Range(1, kMostBatch))
      ->capture_default_str();
  summary
      ->add_option("--groups", flags.groups, "of group normalization; default: the preset's, or 2")
      ->check(CLI::Range(1, kMaxChannels));
  summary->add_option("--order", flags.order,
                      "conv-relu-norm-dropout or another; default: the preset's, or this");
  summary->add_option("--dropout", flags.dropout, "probability")->capture_default_str();
  summary->add_option("--optimizer", flags.optimizer, "sgd or adam, for the memory")
      ->capture_default_str();
  summary->add_option("--program", flags.program, "room or equation, as the key norm_program")
      ->check(CLI::IsMember({"room", "equation"}))
      ->capture_default_str();
  summary->add_option("--ghost", flags.ghost, "images of a ghost batch; 0: the batch is one")
      ->check(CLI::Range(0, kMostBatch))
      ->capture_default_str();
  summary
      ->add_option("--weights", flags.weights,
                   Join(FilterNames()) + ", or a file.toml: what is made of the filters")
      ->capture_default_str();
  summary->add_flag("--ascii", flags.ascii, "draw the tree in plain characters");
  auto* json = summary->add_flag("--json", flags.json, "for programs (docs/summary.md)");
  auto* markdown = summary->add_flag("--markdown", flags.markdown, "for a report")->excludes(json);
  summary
      ->add_flag("--plan", flags.plan,
                 "what the engines run instead: values, parameters, states, operations")
      ->excludes(markdown);
  summary->footer(
      "normlab summary cifar-37k\nnormlab summary mnist-8k --norm group\n"
      "normlab summary cifar-37k --norm batch --plan\n"
      "normlab summary cifar-37k --norm batch,./mine.toml\n"
      "normlab summary \"C8 P C16 GAP c10!\" --dataset mnist --norm batch,layer --batch 32");
  return {summary, [shared](const std::vector<std::string>&) { return PrintSummary(*shared); }};
}

}  // namespace normlab
