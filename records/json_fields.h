// JSON files of a run folder, read strictly: every complaint names the file and the field.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace normlab {

// Throws DataError naming the file, and the line that does not parse.
nlohmann::json ParseJsonFile(const std::string& path);

// One object of such a file, field by field. All throw DataError.
class JsonFields {
 public:
  // `where` stands before the field's name in complaints: "arms[0].". Keeps a reference to
  // `object`.
  JsonFields(const nlohmann::json& object, std::string path, std::string where);

  std::string Word(const std::string& key) const;
  std::string OptionalWord(const std::string& key) const;  // empty where it is missing or null
  std::string OneOf(const std::string& key, const std::vector<std::string>& words) const;
  std::uint64_t Whole(const std::string& key, std::uint64_t most) const;
  double Number(const std::string& key) const;  // finite
  std::optional<double> OptionalNumber(const std::string& key) const;
  const nlohmann::json& List(const std::string& key) const;
  const nlohmann::json& Object(const std::string& key) const;
  bool Has(const std::string& key) const;                     // and it is not null
  const nlohmann::json& Value(const std::string& key) const;  // any
  const std::string& path() const { return path_; }
  [[noreturn]] void Fail(const std::string& key, const std::string& expected,
                         const nlohmann::json& found) const;

 private:
  const nlohmann::json& object_;
  std::string path_, where_;
};

}  // namespace normlab
