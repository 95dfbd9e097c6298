#include "records/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/escape.h"
#include "base/text.h"
#include "base/text_file.h"

namespace normlab {

using Json = nlohmann::json;

Json ParseJsonFile(const std::string& path) {
  const std::string text = ReadTextFile(path);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(end), '\n');
    throw DataError(fmt::format(
        "{}:{}: expected JSON, found {}; the file was cut off or edited: take it "
        "from a copy, or train anew into another folder",
        path, line,
        error.byte >= text.size() ? "the end of the file"
                                  : fmt::format("what does not parse at byte {}", error.byte)));
  }
}

JsonFields::JsonFields(const Json& object, std::string path, std::string where)
    : object_(object), path_(std::move(path)), where_(std::move(where)) {
  if (!object_.is_object()) Fail("", "an object", object_);
}

std::string JsonFields::Word(const std::string& key) const {
  const Json& value = Value(key);
  if (!value.is_string()) Fail(key, "a string", value);
  return value.get<std::string>();
}

std::string JsonFields::OptionalWord(const std::string& key) const {
  return Has(key) ? Word(key) : std::string();
}

std::string JsonFields::OneOf(const std::string& key, const std::vector<std::string>& words) const {
  const std::string word = Word(key);
  if (std::ranges::find(words, word) == words.end()) {
    Fail(key, "one of " + Join(words), object_[key]);
  }
  return word;
}

std::uint64_t JsonFields::Whole(const std::string& key, std::uint64_t most) const {
  const Json& value = Value(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
    Fail(key, fmt::format("a whole number from 0 to {}", most), value);
  }
  return value.get<std::uint64_t>();
}

double JsonFields::Number(const std::string& key) const {
  const Json& value = Value(key);
  if (!value.is_number() || !std::isfinite(value.get<double>())) Fail(key, "a number", value);
  return value.get<double>();
}

std::optional<double> JsonFields::OptionalNumber(const std::string& key) const {
  return Has(key) ? std::optional(Number(key)) : std::nullopt;
}

const Json& JsonFields::List(const std::string& key) const {
  const Json& value = Value(key);
  if (!value.is_array()) Fail(key, "a list", value);
  return value;
}

const Json& JsonFields::Object(const std::string& key) const {
  const Json& value = Value(key);
  if (!value.is_object()) Fail(key, "an object", value);
  return value;
}

bool JsonFields::Has(const std::string& key) const {
  return object_.contains(key) && !object_[key].is_null();
}

void JsonFields::Fail(const std::string& key, const std::string& expected,
                      const Json& found) const {
  throw DataError(
      fmt::format("{}: {}{}: expected {}, found {}; was it edited?", path_, where_, key, expected,
                  Shortened(found.dump(-1, ' ', false, Json::error_handler_t::replace), 60)));
}

const Json& JsonFields::Value(const std::string& key) const {
  if (!object_.contains(key)) {
    throw DataError(
        fmt::format("{}: expected a field {}{}, found none; was it edited?", path_, where_, key));
  }
  return object_[key];
}

}  // namespace normlab
