#include "data/pickle.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "base/error.h"
#include "data/pickle_machine.h"

namespace normlab {
namespace {

// A batch of CIFAR-10 has 10,000 labels and 10,000 file names; Python 3 writes each name of
// protocol 2 with two more values.
constexpr std::size_t kMostValues = 1'000'000;

}  // namespace

std::string_view KindName(PickleValue::Kind kind) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "None", "bool", "int", "bytes", "text", "tuple", "list", "dict", "global", "dtype", "array"};
  return kNames[static_cast<std::size_t>(kind)];
}

PickleValue* PickleArena::New(PickleValue::Kind kind, std::size_t offset) {
  if (values_.size() == kMostValues) throw std::length_error("more than 1000000 values");
  PickleValue& value = values_.emplace_back();
  value.kind = kind;
  value.offset = offset;
  return &value;
}

std::string_view PickleArena::Keep(std::string text) {
  if (text.size() > text_budget_) throw std::length_error("more text than the file has bytes");
  text_budget_ -= text.size();
  return texts_.emplace_back(std::move(text));
}

Pickle::Pickle(std::string_view bytes, std::string path)
    : path_(std::move(path)), arena_(bytes.size()) {
  root_ = RunPickle(bytes, path_, arena_);
}

const PickleValue& Pickle::Find(std::string_view key, PickleValue::Kind kind) const {
  if (root_->kind != PickleValue::Kind::kDict) {
    throw DataError(fmt::format("{}: expected a pickled dict with the key '{}', found {}", path_,
                                key, KindName(root_->kind)));
  }
  const PickleValue* found = nullptr;
  for (std::size_t i = 0; i < root_->items.size(); i += 2) {
    const PickleValue& name = *root_->items[i];
    const bool readable =
        name.kind == PickleValue::Kind::kBytes || name.kind == PickleValue::Kind::kText;
    if (readable && name.bytes == key) found = root_->items[i + 1];
  }
  if (found == nullptr) {
    throw DataError(
        fmt::format("{}: expected the key '{}' in the pickled dict, found none; it is "
                    "not a CIFAR-10 batch",
                    path_, key));
  }
  if (found->kind != kind) {
    throw DataError(fmt::format("{}: expected {} as '{}' at byte {}, found {}", path_,
                                KindName(kind), key, found->offset, KindName(found->kind)));
  }
  return *found;
}

}  // namespace normlab
