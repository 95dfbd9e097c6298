#include "measure/bench_json.h"

#include <nlohmann/json.hpp>

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

Json SpreadJson(const Spread& spread) {
  return {{"median", spread.median}, {"least", spread.least}, {"most", spread.most}};
}

Json KnownOrNull(double value) { return value > 0 ? Json(value) : Json(nullptr); }

Json MachineJson(const BenchReport& report) {
  const Hardware& hardware = report.hardware;
  return {{"processor", hardware.processor},
          {"cores", hardware.cores},
          {"stated_clock", KnownOrNull(hardware.clock)},
          {"stated_clock_source", hardware.clock_source},
          {"measured_clock", SpreadJson(report.clock)},
          {"last_cache_bytes", hardware.last_cache},
          {"load_average", hardware.load}};
}

Json SettingsJson(const BenchReport& report) {
  return {{"model", report.options.model},
          {"line", report.architecture.text},
          {"dataset", report.options.dataset},
          {"norm", NormLabel(report.options.norm)},
          {"program", report.options.by_equation ? "equation" : "room"},
          {"weights", FilterLabel(report.options.weights)},
          {"ghost", report.options.ghost},
          {"optimizer", report.options.optimizer},
          {"order", OrderText(report.architecture.options.order)},
          {"dropout", report.options.dropout},
          {"batch", report.options.batch},
          {"threads", report.threads},
          {"simd", SimdName(report.simd)},
          {"rounds", report.options.rounds},
          {"steps_per_round", report.steps_per_round},
          {"memory_bytes", report.step_bytes}};
}

Json PeaksJson(const BenchReport& report) {
  Json peaks = Json::array();
  for (const PeakReport& peak : report.peaks) {
    peaks.push_back(
        {{"simd", SimdName(peak.simd)},
         {"one_thread", SpreadJson(peak.one_thread)},
         {"all_threads", SpreadJson(peak.all_threads)},
         {"nominal_core_stated_clock",
          KnownOrNull(NominalFmaPeak(peak.simd, report.hardware.clock))},
         {"nominal_core_measured_clock", NominalFmaPeak(peak.simd, report.clock.most)}});
  }
  return peaks;
}

Json BandwidthJson(const BenchReport& report) {
  if (report.bandwidth_bytes == 0) return nullptr;
  return {{"array_bytes", report.bandwidth_bytes},
          {"one_thread", SpreadJson(report.bandwidth_one_thread)},
          {"all_threads", SpreadJson(report.bandwidth_all_threads)}};
}

// `peak` is that of as many cores as `seconds` counts.
Json WorkJson(const Spread& seconds, double multiply_adds, double peak) {
  Json json = {{"seconds", SpreadJson(seconds)}};
  if (multiply_adds == 0) return json;
  const double rate = 2 * multiply_adds / seconds.median;
  json["multiply_adds"] = multiply_adds;
  json["flop_per_second"] = rate;
  json["share_of_peak"] = rate / peak;
  return json;
}

Json OperationsJson(const BenchReport& report) {
  Json operations = Json::array();
  for (const OperationReport& operation : report.operations) {
    Json pieces = Json::object();
    for (const PieceReport& piece : operation.pieces) {
      pieces[std::string(piece.name)] =
          WorkJson(piece.seconds, piece.multiply_adds, report.PeakPerCore());
    }
    operations.push_back({{"layer", operation.info.layer},
                          {"application", operation.info.application},
                          {"operation", operation.info.name},
                          {"pieces", pieces}});
  }
  return operations;
}

Json PassJson(const BenchReport& report, const Spread& seconds, double multiply_adds) {
  Json json = WorkJson(seconds, multiply_adds, report.Peak());
  json["images_per_second"] = report.options.batch / seconds.median;
  return json;
}

}  // namespace

std::string BenchJson(const BenchReport& report, const std::string& version) {
  const Json json = {
      {"schema", 1},
      {"normlab", version},
      {"machine", MachineJson(report)},
      {"settings", SettingsJson(report)},
      {"fma_peak", PeaksJson(report)},
      {"bandwidth", BandwidthJson(report)},
      {"step", PassJson(report, report.step, report.step_multiply_adds)},
      {"convolutions_alone", PassJson(report, report.convolutions, report.step_multiply_adds)},
      {"not_convolution", SpreadJson(report.not_convolution)},
      {"evaluation", PassJson(report, report.evaluation, report.evaluation_multiply_adds)},
      {"profiled_step", {{"seconds", SpreadJson(report.profiled_step)}}},
      {"operations", OperationsJson(report)},
      {"optimizer", {{"seconds", SpreadJson(report.optimizer)}}},
      {"rest", {{"seconds", SpreadJson(report.rest)}}},
      {"warnings", report.warnings},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
