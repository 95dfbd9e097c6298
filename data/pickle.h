// A reader of Python pickles that executes nothing.
//
// It knows numbers, bytes, text, tuples, lists, dictionaries and the few globals by which NumPy
// writes an array of uint8. Anything else, every other global first of all, is refused by name with
// its offset: a pickle that wants to run something never gets further than its wish. Protocols 2
// to 5 (Python's pickletools documents every opcode).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

struct PickleValue {
  enum class Kind {
    kNone,
    kBool,
    kInt,
    kBytes,
    kText,
    kTuple,
    kList,
    kDict,
    kGlobal,
    kDtype,
    kArray
  };
  Kind kind = Kind::kNone;
  std::size_t offset = 0;   // of the opcode that made it
  std::int64_t number = 0;  // of kBool, kInt; which one of kGlobal
  std::string_view bytes;   // of kBytes, kText (UTF-8), kArray (its content)
  // Elements of kTuple and kList; keys and values in turn of kDict; [rows, columns] of kArray.
  std::vector<const PickleValue*> items;
};

std::string_view KindName(PickleValue::Kind kind);

// Owns the values of one pickle; they may point to each other in circles.
class PickleArena {
 public:
  explicit PickleArena(std::size_t file_size) : text_budget_(file_size) {}
  // Both throw std::length_error beyond what a genuine file of this size needs.
  PickleValue* New(PickleValue::Kind kind, std::size_t offset);
  std::string_view Keep(std::string text);

 private:
  std::deque<PickleValue> values_;
  std::deque<std::string> texts_;
  std::size_t text_budget_;
};

class Pickle {
 public:
  // `bytes` must outlive the pickle. Throws DataError naming `path` and the offset.
  Pickle(std::string_view bytes, std::string path);

  const PickleValue& root() const { return *root_; }

  // The value of a key, bytes or text, in the dictionary that the pickle must be; of equal keys the
  // last one counts, as in Python. Throws DataError when it is not there or of another kind.
  const PickleValue& Find(std::string_view key, PickleValue::Kind kind) const;

 private:
  std::string path_;
  PickleArena arena_;
  const PickleValue* root_ = nullptr;
};

}  // namespace normlab
