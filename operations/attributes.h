// What tells one operation of a kind from another: numbers by name ("kernel" 3, "padding" 1).
#pragma once

#include <cassert>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace normlab {

class Attributes {
 public:
  using Entry = std::pair<std::string, double>;

  Attributes() = default;
  Attributes(std::initializer_list<Entry> entries) : entries_(entries) {}

  double Or(std::string_view name, double otherwise) const {
    for (const Entry& entry : entries_) {
      if (entry.first == name) return entry.second;
    }
    return otherwise;
  }
  double operator[](std::string_view name) const {
    for (const Entry& entry : entries_) {
      if (entry.first == name) return entry.second;
    }
    assert(false && "an operation is made with every attribute of its kind");
    return 0;
  }
  int integer(std::string_view name) const { return static_cast<int>((*this)[name]); }

  void Set(std::string_view name, double value) {
    for (Entry& entry : entries_) {
      if (entry.first == name) {
        entry.second = value;
        return;
      }
    }
    entries_.emplace_back(name, value);
  }

  // In the order in which they were given.
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace normlab
