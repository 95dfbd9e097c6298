#include "records/arm_facts.h"

#include "base/escape.h"
#include "base/file.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

RecordField<TrainingConditions> HashField(const char* name,
                                          std::string TrainingConditions::*field) {
  RecordField<TrainingConditions> word = WordField(name, field);
  word.read = [=](const JsonFields& fields, TrainingConditions& conditions) {
    const std::string hash = fields.Word(name);
    if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
      fields.Fail(name, "64 hexadecimal digits", hash);
    }
    conditions.*field = hash;
  };
  return word;
}

const FieldTable<FinalEvaluation>& LastFields() {
  using Last = FinalEvaluation;
  static const FieldTable<Last> table({
      WholeField("clean_train_images", &Last::clean_train_images),
      RealField("clean_train_loss", &Last::clean_train_loss),
      RealField("clean_train_accuracy", &Last::clean_train_accuracy),
      KnownField("batch_statistics_test_loss", &Last::batch_statistics_test_loss),
      KnownField("batch_statistics_test_accuracy", &Last::batch_statistics_test_accuracy),
  });
  return table;
}

}  // namespace

const FieldTable<TrainingConditions>& ConditionFields() {
  using Conditions = TrainingConditions;
  static const FieldTable<Conditions> table({
      WholeField("parameters", &Conditions::parameters),
      WholeField("batch_size", &Conditions::batch_size),
      WholeField("steps", &Conditions::steps),
      HashField("initial_weights", &Conditions::initial_weights),
      HashField("data_order", &Conditions::data_order),
      HashField("first_images", &Conditions::first_images),
  });
  return table;
}

void WriteArmFacts(const std::string& folder, const ArmFacts& facts) {
  Json settings = Json::object();
  for (const auto& [key, value] : facts.settings) settings[key] = value;
  Json json = {{"settings", settings}, {"conditions", ConditionFields().Json(facts.conditions)}};
  if (facts.last) json["last"] = LastFields().Json(*facts.last);
  WriteFile(folder + "/arm.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

ArmFacts ReadArmFacts(const std::string& path) {
  const nlohmann::json json = ParseJsonFile(path);
  const JsonFields fields(json, path, "");
  ArmFacts facts;
  for (const auto& [key, value] : fields.Object("settings").items()) {
    if (!value.is_string()) fields.Fail("settings." + PlainLine(key), "a string", value);
    facts.settings.emplace_back(key, value.get<std::string>());
  }
  facts.conditions = ConditionFields().Read(fields.Object("conditions"), path, "conditions.");
  if (fields.Has("last")) facts.last = LastFields().Read(fields.Object("last"), path, "last.");
  return facts;
}

}  // namespace normlab
