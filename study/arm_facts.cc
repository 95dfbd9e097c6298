#include "study/arm_facts.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "study/plan.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

Json ConditionsJson(const TrainingConditions& conditions) {
  return {{"parameters", conditions.parameters}, {"batch_size", conditions.batch_size},
          {"steps", conditions.steps},           {"initial_weights", conditions.initial_weights},
          {"data_order", conditions.data_order}, {"first_images", conditions.first_images}};
}

Json LastJson(const FinalEvaluation& last) {
  Json json = {{"clean_train_images", last.clean_train_images},
               {"clean_train_loss", last.clean_train_loss},
               {"clean_train_accuracy", last.clean_train_accuracy}};
  if (last.batch_statistics_test_accuracy) {
    json["batch_statistics_test_loss"] = *last.batch_statistics_test_loss;
    json["batch_statistics_test_accuracy"] = *last.batch_statistics_test_accuracy;
  }
  return json;
}

}  // namespace

void WriteArmFacts(const std::string& folder, const ArmFacts& facts) {
  Json settings = Json::object();
  for (const Setting& setting : CanonicalSettings(facts.config)) {
    settings[setting.key] = setting.value;
  }
  Json json = {{"settings", settings}, {"conditions", ConditionsJson(facts.conditions)}};
  if (facts.last) json["last"] = LastJson(*facts.last);
  WriteFile(folder + "/arm.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace normlab
