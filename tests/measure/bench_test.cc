// One small run of the whole bench: its report, as a table and as JSON. No time is judged.
#include "measure/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "measure/bench_json.h"
#include "measure/bench_table.h"

namespace normlab {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

BenchOptions Small() {
  BenchOptions options;
  options.model = "C6 P C6x2 GAP c10!";
  options.dataset = "mnist";
  options.dropout = 0.1;
  options.batch = 20;
  options.threads = 2;
  options.rounds = 2;
  options.bandwidth_bytes = std::size_t{1} << 20;
  return options;
}

const BenchReport& Report() {
  static const BenchReport report = RunBench(Small());
  return report;
}

TEST(BenchJson, HasEveryOperationOfTheModelInOrder) {
  const Json json = Json::parse(BenchJson(Report(), "0"));
  std::vector<std::string> operations;
  for (const Json& operation : json["operations"]) {
    const int application = operation["application"];
    operations.push_back(operation["layer"].get<std::string>() + " " +
                         operation["operation"].get<std::string>() +
                         (application > 1 ? " again" : ""));
  }
  EXPECT_THAT(operations,
              ElementsAre("input input", "C1 convolution", "C1 relu", "C1 batch norm", "C1 dropout",
                          "P1 max pool", "C2 convolution", "C2 relu", "C2 batch norm", "C2 dropout",
                          "C2 convolution again", "C2 relu again", "C2 batch norm again",
                          "C2 dropout again", "GAP average pool", "c3 convolution",
                          "loss log-softmax loss"));
}

TEST(BenchJson, CountsEveryPieceOfAConvolution) {
  const Json json = Json::parse(BenchJson(Report(), "0"));
  const double first = 20.0 * 6 * 1 * 9 * 28 * 28, second = 20.0 * 6 * 6 * 9 * 14 * 14;
  const Json& c1 = json["operations"][1]["pieces"];
  EXPECT_EQ(c1["forward"]["multiply_adds"], first);
  EXPECT_EQ(c1["weight_gradient"]["multiply_adds"], first);
  EXPECT_FALSE(c1.contains("input_gradient")) << "nothing stands before the first layer";
  const Json& c2 = json["operations"][6]["pieces"];
  for (const char* piece : {"forward", "input_gradient", "weight_gradient"}) {
    EXPECT_EQ(c2[piece]["multiply_adds"], second) << piece;
    EXPECT_GT(c2[piece]["seconds"]["median"], 0) << piece;
    const double rate = c2[piece]["flop_per_second"];
    EXPECT_DOUBLE_EQ(rate, 2 * second / c2[piece]["seconds"]["median"].get<double>()) << piece;
  }
  const Json& norm = json["operations"][3]["pieces"];
  EXPECT_TRUE(norm.contains("backward"));
  EXPECT_FALSE(norm["forward"].contains("multiply_adds"));
}

TEST(BenchJson, TellsTheMachinesLimits) {
  const Json json = Json::parse(BenchJson(Report(), "0"));
  ASSERT_EQ(json["fma_peak"].size(), SupportedSimd().size());
  for (std::size_t i = 0; i < json["fma_peak"].size(); ++i) {
    const Json& peak = json["fma_peak"][i];
    EXPECT_EQ(peak["simd"], SimdName(SupportedSimd()[i]));
    for (const char* threads : {"one_thread", "all_threads"}) {
      EXPECT_GT(peak[threads]["least"], 0);
      EXPECT_LE(peak[threads]["least"], peak[threads]["median"]);
      EXPECT_LE(peak[threads]["median"], peak[threads]["most"]);
    }
  }
  EXPECT_GT(json["bandwidth"]["all_threads"]["median"], 0);
  EXPECT_LE(json["bandwidth"]["array_bytes"], 1 << 20);
  const double step = json["step"]["seconds"]["median"];
  EXPECT_DOUBLE_EQ(json["step"]["images_per_second"], 20 / step);
  EXPECT_DOUBLE_EQ(json["step"]["share_of_peak"],
                   json["step"]["flop_per_second"].get<double>() / Report().Peak());
}

TEST(BenchJson, SaysNullWhatIsNotKnownOrNotMeasured) {
  BenchReport report = Report();
  report.hardware.clock = 0;
  report.bandwidth_bytes = 0;
  const Json json = Json::parse(BenchJson(report, "0"));
  EXPECT_TRUE(json["machine"]["stated_clock"].is_null());
  EXPECT_TRUE(json["fma_peak"][0]["nominal_core_stated_clock"].is_null());
  EXPECT_TRUE(json["bandwidth"].is_null());
}

TEST(BenchTable, NamesEveryOperationAndWhatTheClockIs) {
  const std::string table = BenchTable(Report());
  for (const char* row : {"C1 convolution", "C2'2 batch norm", "P1 max pool", "all convolutions",
                          "not convolution", "images/s", "scalar"}) {
    EXPECT_THAT(table, HasSubstr(row));
  }
  BenchReport report = Report();
  report.hardware.clock = 0;
  EXPECT_THAT(BenchTable(report), HasSubstr("clock not stated"));
}

TEST(RunBench, RefusesWhatMemoryCannotHold) {
  BenchOptions options = Small();
  options.model = "C4096 c1000 GAP c10!";
  options.batch = 16384;
  try {
    RunBench(options);
    FAIL() << "expected to be refused";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("GiB"));
  }
}

}  // namespace
}  // namespace normlab
