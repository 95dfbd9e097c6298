#include "records/study_index.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/printable.h"
#include "records/field.h"

namespace normlab {
namespace {

constexpr int kSchema = 1;
constexpr std::size_t kMostClasses = 256;  // labels are bytes

using Json = nlohmann::ordered_json;

bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.size() < 256 &&
         name.find('/') == std::string::npos && PlainLine(name) == name;
}

RecordField<ArmEntry> FolderField() {
  RecordField<ArmEntry> field = WordField("folder", &ArmEntry::folder);
  field.read = [](const JsonFields& fields, ArmEntry& arm) {
    arm.folder = fields.Word("folder");
    if (!IsPlainName(arm.folder)) fields.Fail("folder", "a folder's name", arm.folder);
  };
  return field;
}

const FieldTable<ArmEntry>& ArmFields() {
  static const FieldTable<ArmEntry> table({
      FolderField(),
      WordField("label", &ArmEntry::label),
      WordField("norm", &ArmEntry::norm),
      WholeField("seed", &ArmEntry::seed),
      ChoiceField("state", &ArmEntry::state,
                  {"finished", "diverged", "interrupted", "pending", "dropped"}),
      OptionalWordField("message", &ArmEntry::message),
      WholeField("best_epoch", &ArmEntry::best_epoch),
      OptionalRealField("seconds", &ArmEntry::seconds),
  });
  return table;
}

const FieldTable<Limits>& LimitFields() {
  static const FieldTable<Limits> table({KnownField("parameters", &Limits::parameters),
                                         KnownField("epochs", &Limits::epochs),
                                         KnownField("accuracy", &Limits::accuracy)});
  return table;
}

RecordField<StudyIndex> ClassNamesField() {
  return {"class_names",
          [](const StudyIndex& index, Json& json) { json["class_names"] = index.class_names; },
          [](const JsonFields& fields, StudyIndex& index) {
            const nlohmann::json& list = fields.List("class_names");
            if (list.size() < 2 || list.size() > kMostClasses) {
              fields.Fail("class_names", fmt::format("2 to {} names", kMostClasses), list);
            }
            for (const nlohmann::json& name : list) {
              if (!name.is_string()) fields.Fail("class_names", "strings", name);
              index.class_names.push_back(name.get<std::string>());
            }
          }};
}

RecordField<StudyIndex> BestOnField() {
  return {
      "best_on",
      [](const StudyIndex& index, Json& json) {
        json["best_on"] = index.best_on_validation ? "validation" : "test";
      },
      [](const JsonFields& fields, StudyIndex& index) {
        index.best_on_validation = fields.OneOf("best_on", {"validation", "test"}) == "validation";
      }};
}

RecordField<StudyIndex> TuningField() {
  return {"purpose",
          [](const StudyIndex& index, Json& json) {
            if (index.tuning) json["purpose"] = "tuning";
          },
          [](const JsonFields& fields, StudyIndex& index) {
            index.tuning =
                fields.Has("purpose") && fields.OneOf("purpose", {"tuning", "study"}) == "tuning";
          }};
}

RecordField<StudyIndex> LimitsField() {
  return {"limits",
          [](const StudyIndex& index, Json& json) { json["limits"] = LimitsJson(index.limits); },
          [](const JsonFields& fields, StudyIndex& index) {
            if (!fields.Has("limits")) return;
            index.limits = LimitFields().Read(fields.Object("limits"), fields.path(), "limits.");
          }};
}

RecordField<StudyIndex> ArmsField() {
  return {"arms",
          [](const StudyIndex& index, Json& json) {
            json["arms"] = Json::array();
            for (const ArmEntry& arm : index.arms) json["arms"].push_back(ArmFields().Json(arm));
          },
          [](const JsonFields& fields, StudyIndex& index) {
            const nlohmann::json& arms = fields.List("arms");
            if (arms.empty()) fields.Fail("arms", "at least one arm", arms);
            for (std::size_t i = 0; i < arms.size(); ++i) {
              index.arms.push_back(
                  ArmFields().Read(arms[i], fields.path(), fmt::format("arms[{}].", i)));
            }
          }};
}

const FieldTable<StudyIndex>& StudyFields() {
  using Index = StudyIndex;
  static const FieldTable<Index> table({
      {"schema", [](const Index&, Json& json) { json["schema"] = kSchema; },
       [](const JsonFields& fields, Index&) {
         if (fields.Whole("schema", std::numeric_limits<int>::max()) == kSchema) return;
         fields.Fail("schema", fmt::format("{} (this normlab's)", kSchema), fields.Value("schema"));
       }},
      WordField<Index>("recipe", &Index::recipe),
      OptionalWordField<Index>("configuration", &Index::configuration),
      WordField<Index>("dataset", &Index::dataset),
      ClassNamesField(),
      BestOnField(),
      TuningField(),
      LimitsField(),
      ArmsField(),
      OptionalWordField<Index>("started", &Index::started),
      OptionalWordField<Index>("finished", &Index::finished),
  });
  return table;
}

std::string IndexPath(const std::string& folder) { return folder + "/study.json"; }

}  // namespace

Json LimitsJson(const Limits& limits) { return LimitFields().Json(limits); }

void WriteStudyIndex(const std::string& folder, const StudyIndex& index) {
  WriteFile(IndexPath(folder),
            StudyFields().Json(index).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

StudyIndex ReadStudyIndex(const std::string& folder) {
  const std::string path = IndexPath(folder);
  if (std::error_code status; !std::filesystem::exists(path, status)) {
    const bool is_folder = std::filesystem::is_directory(folder, status);
    throw DataError(
        fmt::format("{}/study.json: expected a run folder with this file, found {}; normlab runs "
                    "DIR lists those "
                    "in a folder",
                    Printable(folder, 4096),
                    is_folder                                 ? "a folder without one"
                    : std::filesystem::exists(folder, status) ? "a file"
                                                              : "no such folder"));
  }
  return StudyFields().Read(ParseJsonFile(path), path, "");
}

}  // namespace normlab
