#include "summary/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/text.h"
#include "model/layer_check.h"
#include "summary/tables.h"
#include "summary/words.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

SummaryOptions OptionsFor(const std::string& model, const std::vector<std::string>& norms,
                          int batch = 64) {
  SummaryOptions options;
  options.model = model;
  options.dataset = "cifar10";
  options.input = {3, 32, 32};
  options.classes = 10;
  options.norms = norms;
  options.batch = batch;
  if (const ModelPreset* preset = FindModelPreset(model)) {
    options.dataset = preset->dataset;
    if (preset->dataset == "mnist") options.input = {1, 28, 28};
    options.options.groups = preset->groups;
    options.options.order = ParseOrder(preset->order);
  }
  return options;
}

std::string Text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "│    └─Conv2d (conv): 2-3" below "├─Block (C1): 1-1" is the Conv2d C1.conv.
struct ModuleRow {
  std::string type, name;
  bool leaf = false;
};
std::vector<ModuleRow> ModuleRows(const Table& table) {
  std::vector<ModuleRow> rows;
  std::string block;
  for (std::size_t i = 1; i < table.rows.size(); ++i) {
    const std::string& cell = table.rows[i][0];
    const std::size_t open = cell.find(" ("), close = cell.find("): ");
    const std::size_t start = cell.rfind("\u2500", open) + 3;  // behind the branch
    ModuleRow row = {cell.substr(start, open - start), cell.substr(open + 2, close - open - 2)};
    if (cell.substr(close + 3, 1) == "1") {
      block = row.name;
      row.leaf = row.type != "Block";
    } else {
      row.name = block + "." + row.name;
      row.leaf = true;
    }
    rows.push_back(row);
  }
  return rows;
}

class AgainstPyTorch : public testing::TestWithParam<Json> {};

std::vector<Json> GoldenCases() {
  const std::string text = Text(NORMLAB_TEST_DIR "/summary/golden/summary.json");
  return text.empty() ? std::vector<Json>() : Json::parse(text)["cases"].get<std::vector<Json>>();
}

Summary SummaryOf(const Json& golden) {
  SummaryOptions options = OptionsFor(golden["model"], {golden["norm"]}, golden["batch"]);
  options.options.dropout = golden["dropout"];
  return Summarize(options);
}

TEST_P(AgainstPyTorch, EveryCallOfEveryModule) {
  const Summary summary = SummaryOf(GetParam());
  const Table table = ModuleTable(summary, summary.norms[0], UnicodeTree());
  const std::vector<ModuleRow> rows = ModuleRows(table);
  const Json& calls = GetParam()["calls"];
  std::size_t call = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].leaf) continue;
    ASSERT_LT(call, calls.size());
    const Json& expected = calls[call++];
    const std::vector<std::string>& cells = table.rows[i + 1];
    EXPECT_EQ(rows[i].type, expected["type"]) << cells[0];
    EXPECT_EQ(rows[i].name, expected["name"]) << cells[0];
    EXPECT_EQ(Json::parse(cells[2]), expected["input"]) << cells[0];
    EXPECT_EQ(Json::parse(cells[3]), expected["output"]) << cells[0];
    const std::size_t parameters = expected["parameters"];
    EXPECT_EQ(cells[4], parameters == 0         ? "--"
                        : expected["recursive"] ? "(recursive)"
                                                : WithCommas(parameters))
        << cells[0];
  }
  EXPECT_EQ(call, calls.size());
}

TEST_P(AgainstPyTorch, SumsOfParametersBuffersAndBytes) {
  const Json& golden = GetParam();
  const Summary summary = SummaryOf(golden);
  const NormSummary& norm = summary.norms[0];
  EXPECT_EQ(norm.parameters, golden["parameters"]);
  EXPECT_EQ(norm.parameters_per_call, golden["parameters_per_call"]);
  EXPECT_EQ(norm.buffers, golden["buffers"]);
  EXPECT_EQ(summary.multiply_adds, golden["multiply_adds"]);
  EXPECT_EQ(norm.torchinfo.input, golden["input_bytes"]);
  EXPECT_EQ(norm.torchinfo.forward_backward, golden["forward_backward_bytes"]);
  EXPECT_EQ(norm.torchinfo.parameters, golden["parameter_bytes"]);
}

INSTANTIATE_TEST_SUITE_P(Golden, AgainstPyTorch, testing::ValuesIn(GoldenCases()),
                         [](const testing::TestParamInfo<Json>& info) {
                           std::string name = info.param["model"].get<std::string>() + "_" +
                                              info.param["norm"].get<std::string>();
                           std::erase(name, '-');
                           return name;
                         });

// A method that is a module of PyTorch must be added to make_summary_golden.py.
TEST(Summary, GoldensCoverTheModulesOfPyTorch) {
  for (const NormMethod& method : NormMethods()) {
    if (method.room.empty()) continue;
    const std::string norm(method.name);
    EXPECT_TRUE(std::ranges::any_of(GoldenCases(), [&](const Json& golden) {
      return golden["norm"] == norm && golden["model"] == "cifar-37k";
    })) << norm;
  }
}

TEST(Summary, TheSeedsOwnNumbers) {
  const Summary cifar = Summarize(OptionsFor("cifar-37k", {"batch"}));
  EXPECT_EQ(cifar.norms[0].parameters, 37'140u);
  EXPECT_EQ(cifar.norms[0].parameters_per_call, 42'372u);
  EXPECT_EQ(cifar.multiply_adds, 8'130'880u);
  const Summary mnist = Summarize(OptionsFor("mnist-8k", {"group"}));
  EXPECT_EQ(mnist.norms[0].parameters, 7'704u);
  EXPECT_EQ(mnist.norms[0].parameters_per_call, 7'704u);
  EXPECT_EQ(mnist.multiply_adds, 1'076'672u);
}

std::string PooledText(const Summary& summary, const std::string& norm, const std::string& layer) {
  for (const NormSummary& each : summary.norms) {
    if (each.method->name != norm) continue;
    for (const NormalizedLayer& normalized : each.layers) {
      const equation::PooledExtents& pooled = normalized.pooled[0];
      if (summary.layers[normalized.layer].layer.name != layer) continue;
      std::ostringstream text;
      text << pooled.images << " " << pooled.channels << " " << pooled.rows << " " << pooled.columns
           << " = " << pooled.values();
      return text.str();
    }
  }
  return "not normalized";
}

// mnist-8k by hand: C1 is 8x26x26 with 2 groups of its own, c7 is 16x1x1 with the preset's 4.
TEST(Summary, WhatOneStatisticPoolsOver) {
  const Summary summary = Summarize(OptionsFor("mnist-8k", NormNames(), 33));
  EXPECT_EQ(PooledText(summary, "batch", "C1"), "33 1 26 26 = 22308");
  EXPECT_EQ(PooledText(summary, "layer", "C1"), "1 8 26 26 = 5408");
  EXPECT_EQ(PooledText(summary, "layer-elementwise", "C1"), "1 8 26 26 = 5408");
  EXPECT_EQ(PooledText(summary, "layer-channels", "C1"), "1 8 1 1 = 8");
  EXPECT_EQ(PooledText(summary, "group", "C1"), "1 4 26 26 = 2704");
  EXPECT_EQ(PooledText(summary, "rms", "C1"), "1 8 26 26 = 5408");
  EXPECT_EQ(PooledText(summary, "group", "c7"), "1 4 1 1 = 4");
  EXPECT_EQ(PooledText(summary, "batch", "c7"), "33 1 1 1 = 33");
  EXPECT_EQ(PooledText(summary, "group", "c3"), "not normalized") << "it is bare";
  const Summary cifar = Summarize(OptionsFor("cifar-37k", {"instance"}));
  EXPECT_EQ(PooledText(cifar, "instance", "C7"), "1 1 8 8 = 64");
}

// One row for each pooling; 33 images in ghost batches of 16 leave one of 1.
TEST(Summary, EveryStatisticOfAMethodIsSaid) {
  SummaryOptions options = OptionsFor("C8 P C12 GAP c10!", {"switchable", "dyt"}, 33);
  const Summary summary = Summarize(options);
  const NormSummary& switchable = summary.norms[0];
  ASSERT_EQ(switchable.poolings.size(), 3u);
  ASSERT_EQ(switchable.layers.size(), 2u);
  using equation::PooledExtents;
  EXPECT_THAT(switchable.layers[1].pooled,
              ElementsAre(PooledExtents{1, 1, 16, 16}, PooledExtents{1, 12, 16, 16},
                          PooledExtents{33, 1, 16, 16}));
  EXPECT_EQ(*switchable.layers[1].fewest(), (PooledExtents{1, 1, 16, 16}));
  EXPECT_EQ(summary.norms[1].layers[0].fewest(), nullptr);
  const Table table = NormTable(summary);
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[0][1], "one channel of one image");
  EXPECT_EQ(table.rows[0][5], "256 (C2)");
  EXPECT_EQ(table.rows[1][1], "all channels of one image");
  EXPECT_EQ(table.rows[1][0], "");
  EXPECT_EQ(table.rows[2][1], "one channel of all images of the batch");
  EXPECT_EQ(table.rows[2][5], "8,448 (C2)");
  EXPECT_EQ(table.rows[3][1], "nothing");
  EXPECT_EQ(ValuesTable(summary).rows[1].back(), "256 / 3,072 / 8,448");
  const Table modules = ModuleTable(summary, switchable, AsciiTree());
  const auto row = std::ranges::find_if(
      modules.rows, [](const auto& cells) { return cells[0].ends_with("m_layer, v_layer"); });
  ASSERT_NE(row, modules.rows.end());
  EXPECT_EQ((*row)[8], "[1, 8, 32, 32]");

  options.norms = {"m = avg[M H W](x); y = x - m"};
  options.options.ghost = 16;
  EXPECT_THAT(Summarize(options).norms[0].layers[0].pooled,
              ElementsAre(PooledExtents{1, 1, 32, 32}));
}

TEST(Summary, TheHeadingSaysWhatIsPooledAndWhatIsAnActivation) {
  EXPECT_EQ(NormHeading(FindNormMethod("group")),
            "Group normalization, in PyTorch nn.GroupNorm(G, C): one mean and variance over one "
            "group of channels of one image");
  EXPECT_EQ(NormHeading(FindNormMethod("none")), "No normalization");
  EXPECT_EQ(NormHeading(FindNormMethod("dyt")), "Dynamic tanh");
  EXPECT_THAT(NormHeading(FindNormMethod("frn")),
              HasSubstr("one mean square over one channel of one image; an activation too, beside "
                        "which no ReLU stands"));
}

TEST(Summary, ANormalizationThatIsImpossibleCarriesItsLine) {
  const Summary summary = Summarize(OptionsFor("mnist-8k", NormNames()));
  for (const NormSummary& norm : summary.norms) {
    const std::set<std::string_view> impossible = {"instance", "batch-instance", "switchable",
                                                   "evonorm-b0"};
    EXPECT_EQ(norm.possible(), !impossible.contains(norm.method->name)) << norm.method->name;
  }
  const auto instance = std::ranges::find_if(
      summary.norms, [](const NormSummary& norm) { return norm.method->name == "instance"; });
  EXPECT_THAT(instance->refusal, HasSubstr("layer c7 'c16'"));
  EXPECT_THAT(instance->layers, IsEmpty());
}

std::string Refusal(const SummaryOptions& options) {
  try {
    Summarize(options);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Summary, WhereNoneIsPossibleTheFirstLineIsThrown) {
  EXPECT_THAT(Refusal(OptionsFor("mnist-8k", {"instance"})), HasSubstr("layer c7"));
  EXPECT_THAT(Refusal(OptionsFor("C8 Z", NormNames())), HasSubstr("'Z'"));
  EXPECT_THAT(Refusal(OptionsFor("C8 GAP c9!", NormNames())), HasSubstr("end the line with"));
  EXPECT_THAT(Refusal(OptionsFor("C9 GAP c10!", {"group"})), HasSubstr("does not divide"));
  EXPECT_EQ(Refusal(OptionsFor("C9 GAP c10!", {"group", "layer"})), "accepted");
  EXPECT_THAT(Refusal(OptionsFor("mnist-8k", {"batch"}, 1)), HasSubstr("batch of 1"));
  EXPECT_THAT(Refusal(OptionsFor("mnist-8k", {"batch", "grup"})), HasSubstr("'grup'"));
}

// float32: 4 bytes of each of cifar-37k's 37,140 parameters; 64 images are 4 blocks.
TEST(Summary, MemoryOfParametersGradientsAndOptimizer) {
  SummaryOptions options = OptionsFor("cifar-37k", {"layer"}, 64);
  options.optimizer_states = 2;
  const TrainingBytes bytes = Summarize(options).norms[0].training;
  EXPECT_EQ(bytes.parameters, 148'560u);
  EXPECT_EQ(bytes.gradients, 148'560u);
  EXPECT_EQ(bytes.block_gradients, 594'240u);
  EXPECT_EQ(bytes.optimizer, 297'120u);
  EXPECT_EQ(bytes.sum(),
            2 * 148'560 + 594'240 + 297'120 + bytes.activations + bytes.thread_activations);
}

// A mean and a variance for each of 16 channels, and a counter, in every set.
TEST(Summary, BuffersOfABlockThatKeepsStatisticsForEachApplication) {
  SummaryOptions options = OptionsFor("C16 P C16x3 GAP c10!", {"batch", "group"});
  const Summary shared = Summarize(options);
  ASSERT_EQ(shared.norms[0].layers.size(), 2u);
  EXPECT_EQ(shared.norms[0].layers[1].buffers, 33u);
  EXPECT_EQ(shared.norms[0].buffers, 66u);
  options.options.statistics_per_application = true;
  const Summary apart = Summarize(options);
  EXPECT_EQ(apart.norms[0].layers[0].buffers, 33u);
  EXPECT_EQ(apart.norms[0].layers[1].buffers, 3 * 33u);
  EXPECT_EQ(apart.norms[0].buffers, 4 * 33u);
  EXPECT_EQ(apart.norms[0].parameters, shared.norms[0].parameters);
  EXPECT_EQ(apart.norms[1].buffers, 0u);
}

TEST(Summary, ALayerThatIsAppliedAgainHasAFieldForEachCall) {
  const Summary summary = Summarize(OptionsFor("cifar-37k", {"none"}));
  std::vector<std::int64_t> extents;
  for (const ReceptiveField& field : summary.layers[5].fields) extents.push_back(field.rows.extent);
  EXPECT_THAT(extents, ElementsAre(14, 18));
}

// The three rows of a preset's table, from the summary's numbers as docs/architectures.md has them.
std::string DocumentedRows(const Summary& summary) {
  std::string outputs = "| output |", parameters = "| parameters |", adds = "| multiply-adds |";
  const NormSummary& norm = summary.norms[0];
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    const LayerSummary& each = summary.layers[i];
    std::size_t count = each.weights;
    for (const NormalizedLayer& normalized : norm.layers) {
      if (normalized.layer == i) count += normalized.parameters;
    }
    const std::size_t all = each.multiply_adds * static_cast<std::size_t>(each.layer.repeat);
    outputs += " " + ShapeText(each.layer.output) + " |";
    parameters += count == 0 ? " |" : " " + WithCommas(count) + " |";
    adds += all == 0 ? " |" : " " + WithCommas(all) + " |";
  }
  return outputs + " |\n" + parameters + " " + WithCommas(norm.parameters) + " |\n" + adds + " " +
         WithCommas(summary.multiply_adds) + " |\n";
}

// Of those whose table does not fit a page.
std::string DocumentedCounts(const Summary& summary) {
  return WithCommas(summary.norms[0].parameters) + " parameters, " +
         WithCommas(summary.multiply_adds) + " multiply-adds";
}

TEST(Summary, TheTablesOfTheDocumentsAreItsNumbers) {
  const std::string document = Text(NORMLAB_TEST_DIR "/../docs/architectures.md");
  for (const ModelPreset& preset : ModelPresets()) {
    const Summary summary = Summarize(OptionsFor(std::string(preset.name), {"batch"}));
    EXPECT_THAT(document,
                AnyOf(HasSubstr(DocumentedRows(summary)), HasSubstr(DocumentedCounts(summary))));
  }
}

}  // namespace
}  // namespace normlab
