#include "inference/checkpoint_json.h"
#include "inference/evaluation_text.h"
#include "study/build_info.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

Json OrNull(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json ScoreJson(const Score& score) {
  return {{"loss", score.loss},
          {"accuracy", score.accuracy},
          {"correct", score.correct},
          {"interval",
           {{"method", "wilson"},
            {"level", kIntervalLevel},
            {"low", 100 * score.interval.low},
            {"high", 100 * score.interval.high}}}};
}

Json CalibrationJson(const Calibration& calibration) {
  Json bins = Json::array();
  for (const CalibrationBin& bin : calibration.bins) {
    const bool any = bin.images > 0;
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"images", bin.images},
                    {"accuracy", any ? Json(100 * bin.accuracy) : Json(nullptr)},
                    {"confidence", any ? Json(100 * bin.confidence) : Json(nullptr)}});
  }
  return {{"expected_calibration_error", 100 * calibration.error}, {"bins", bins}};
}

Json ClassesJson(const EvaluationReport& report) {
  Json classes = Json::array();
  for (std::size_t c = 0; c < report.classes.size(); ++c) {
    const ClassScore& score = report.classes[c];
    const auto percent = [](std::optional<double> share) {
      return OrNull(share ? std::optional(100 * *share) : share);
    };
    classes.push_back({{"name", report.class_names[c]},
                       {"images", score.images},
                       {"predicted", score.predicted},
                       {"correct", score.correct},
                       {"precision", percent(score.precision())},
                       {"recall", percent(score.recall())}});
  }
  return classes;
}

Json BatchStatisticsJson(const EvaluationReport& report) {
  if (!report.on_batch) return nullptr;
  Json json = ScoreJson(*report.on_batch);
  json["batch"] = report.batch;
  json["last_batch"] = report.last_batch;
  json["changed_predictions"] = report.changed;
  return json;
}

Json ReestimatedJson(const EvaluationOptions& options, const EvaluationReport& report) {
  if (!report.reestimated) return nullptr;
  Json json = ScoreJson(*report.reestimated);
  json["statistics"] = options.reestimate;
  json["training_images"] = report.reestimated_from;
  json["changed_predictions"] = report.reestimated_changed;
  return json;
}

Json ViewsJson(const EvaluationOptions& options, const EvaluationReport& report) {
  if (!report.views) return nullptr;
  Json json = ScoreJson(*report.views);
  json["tta"] = options.views;
  json["changed_predictions"] = report.views_changed;
  return json;
}

}  // namespace

std::string EvaluationJson(const Checkpoint& checkpoint, const EvaluationOptions& options,
                           const EvaluationReport& report) {
  Json json = {{"schema", 1},
               {"normlab", ThisBuild().version},
               {"checkpoint", CheckpointJson(checkpoint)},
               {"engine", EngineJson(options.engine)},
               {"data",
                {{"name", report.dataset},
                 {"split", report.split},
                 {"images", report.images.size()},
                 {"batch", report.batch}}}};
  json.update(ScoreJson(report.score));
  json["calibration"] = CalibrationJson(report.calibration);
  json["classes"] = ClassesJson(report);
  json["confusion"] = report.confusion;
  json["batch_statistics"] = BatchStatisticsJson(report);
  json["reestimated_statistics"] = ReestimatedJson(options, report);
  json["views"] = ViewsJson(options, report);
  json["warnings"] = report.warnings;
  return JsonText(json);
}

}  // namespace normlab
