#include "records/environment.h"

#include "data/dataset_spec.h"

namespace normlab {

using Json = nlohmann::ordered_json;

Json EnvironmentOf(const RunRecord& run) {
  Json environment = Json::parse(run.environment_json, nullptr, false);
  return environment.is_object() ? environment : Json::object();
}

std::string EnvironmentWord(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

Json NotesJson(const FolderNotes& notes) {
  const auto& draw = notes.drawn_split;
  return {
      {"turned_pictures", notes.turned_pictures},
      {"drawn_split", draw ? Json{{"test_one_in", draw->one_in}, {"seed", draw->seed}} : Json()}};
}

FolderNotes NotesOf(const Json& environment) {
  const auto number = [](const Json& object, const char* key) {
    const bool is_one =
        object.is_object() && object.contains(key) && object[key].is_number_unsigned();
    return is_one ? object[key].get<std::uint64_t>() : 0;
  };
  FolderNotes notes;
  notes.turned_pictures = number(environment, "turned_pictures");
  if (environment.contains("drawn_split")) {
    const Json& draw = environment["drawn_split"];
    const std::uint64_t one_in = number(draw, "test_one_in");
    if (one_in > 0 && one_in <= kMostSetImages) {
      notes.drawn_split = {static_cast<int>(one_in), number(draw, "seed")};
    }
  }
  return notes;
}

}  // namespace normlab
