// An object of a JSON file of a run folder as ONE table of fields: its writer and its reader come
// from the same rows. docs/run-folder.md tells of them by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "records/json_fields.h"

namespace normlab {

template <class Object>
struct RecordField {
  std::string name;
  std::function<void(const Object&, nlohmann::ordered_json&)> write;
  std::function<void(const JsonFields&, Object&)> read;
};

template <class Object>
RecordField<Object> WordField(std::string name, std::string Object::*field) {
  return {name, [=](const Object& object, auto& json) { json[name] = object.*field; },
          [=](const JsonFields& fields, Object& object) { object.*field = fields.Word(name); }};
}

// Empty where the file has none.
template <class Object>
RecordField<Object> OptionalWordField(std::string name, std::string Object::*field) {
  RecordField<Object> word = WordField(name, field);
  word.read = [=](const JsonFields& fields, Object& object) {
    object.*field = fields.OptionalWord(name);
  };
  return word;
}

template <class Object>
RecordField<Object> ChoiceField(std::string name, std::string Object::*field,
                                std::vector<std::string> words) {
  RecordField<Object> word = WordField(name, field);
  word.read = [=](const JsonFields& fields, Object& object) {
    object.*field = fields.OneOf(name, words);
  };
  return word;
}

// Whole numbers from 0 to the type's largest.
template <class Object, class Number>
RecordField<Object> WholeField(std::string name, Number Object::*field) {
  return {name, [=](const Object& object, auto& json) { json[name] = object.*field; },
          [=](const JsonFields& fields, Object& object) {
            object.*field =
                static_cast<Number>(fields.Whole(name, std::numeric_limits<Number>::max()));
          }};
}

template <class Object>
RecordField<Object> RealField(std::string name, double Object::*field) {
  return {name, [=](const Object& object, auto& json) { json[name] = object.*field; },
          [=](const JsonFields& fields, Object& object) { object.*field = fields.Number(name); }};
}

// 0 where the file has none.
template <class Object>
RecordField<Object> OptionalRealField(std::string name, double Object::*field) {
  RecordField<Object> real = RealField(name, field);
  real.read = [=](const JsonFields& fields, Object& object) {
    object.*field = fields.OptionalNumber(name).value_or(0);
  };
  return real;
}

// Left out where it is not known.
template <class Object, class Number>
RecordField<Object> KnownField(std::string name, std::optional<Number> Object::*field) {
  return {name,
          [=](const Object& object, auto& json) {
            if (object.*field) json[name] = *(object.*field);
          },
          [=](const JsonFields& fields, Object& object) {
            if (!fields.Has(name)) return;
            if constexpr (std::is_integral_v<Number>) {
              object.*field =
                  static_cast<Number>(fields.Whole(name, std::numeric_limits<Number>::max()));
            } else {
              object.*field = fields.Number(name);
            }
          }};
}

template <class Object>
class FieldTable {
 public:
  explicit FieldTable(std::vector<RecordField<Object>> fields) : fields_(std::move(fields)) {}

  nlohmann::ordered_json Json(const Object& object) const {
    auto json = nlohmann::ordered_json::object();
    for (const RecordField<Object>& field : fields_) field.write(object, json);
    return json;
  }

  // Throws DataError naming the file and the field that does not fit; `where` stands before its
  // name, "arms[0].".
  Object Read(const nlohmann::json& json, const std::string& path, const std::string& where) const {
    const JsonFields fields(json, path, where);
    Object object;
    for (const RecordField<Object>& field : fields_) field.read(fields, object);
    return object;
  }

 private:
  std::vector<RecordField<Object>> fields_;
};

}  // namespace normlab
