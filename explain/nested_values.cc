#include "explain/nested_values.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/printable.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

std::string Found(const Json& json) {
  switch (json.type()) {
    case Json::value_t::string:
      return fmt::format("the text \"{}\"", Printable(json.get_ref<const std::string&>()));
    case Json::value_t::null:
      return "null";
    case Json::value_t::boolean:
      return json.get<bool>() ? "true" : "false";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    default:
      return "the number " + json.dump();
  }
}

class Reader {
 public:
  Reader(std::size_t rank, std::size_t most) : rank_(rank), most_(most) {}

  void Read(const Json& json, const std::string& where, std::size_t depth) {
    if (depth == rank_) {
      if (nested_.values.size() == most_) {
        throw DataError(fmt::format("{}: more than {} values; take fewer", where, most_));
      }
      nested_.values.push_back(ReadNumber(json, where));
      return;
    }
    if (!json.is_array()) {
      throw DataError(fmt::format("{}: expected an array (of {} dimensions, {}), found {}", where,
                                  rank_ - depth, Levels(), Found(json)));
    }
    CheckLength(json.size(), where, depth);
    for (std::size_t i = 0; i < json.size(); ++i) {
      Read(json[i], fmt::format("{}[{}]", where, i), depth + 1);
    }
  }

  NestedValues Take() { return std::move(nested_); }

 private:
  std::string Levels() const {
    return rank_ == 4 ? "[images][channels][rows][columns] in all"
                      : fmt::format("{} in all", rank_);
  }

  // The first array of a depth says how long all of that depth are.
  void CheckLength(std::size_t length, const std::string& where, std::size_t depth) {
    if (length == 0)
      throw DataError(fmt::format("{}: expected values, found an empty array", where));
    if (length > most_)
      throw DataError(fmt::format("{}: more than {} values; take fewer", where, most_));
    if (nested_.extents.size() == depth) {
      nested_.extents.push_back(static_cast<int>(length));
    } else if (static_cast<std::size_t>(nested_.extents[depth]) != length) {
      throw DataError(
          fmt::format("{}: expected {} elements, as many as the arrays before it have, "
                      "found {}",
                      where, nested_.extents[depth], length));
    }
  }

  std::size_t rank_, most_;
  NestedValues nested_;
};

}  // namespace

NestedValues ReadNestedValues(const Json& json, const std::string& where, std::size_t rank,
                              std::size_t most) {
  Reader reader(rank, most);
  reader.Read(json, where, 0);
  return reader.Take();
}

double ReadNumber(const Json& json, const std::string& where) {
  if (!json.is_number()) {
    throw DataError(fmt::format("{}: expected a number, found {}", where, Found(json)));
  }
  const double value = json.get<double>();
  if (!std::isfinite(value)) {
    throw DataError(fmt::format("{}: expected a finite number, found {}", where, json.dump()));
  }
  return value;
}

}  // namespace normlab
