// What the opcodes of a pickle work on: the bytes to come, the stack with its marks, the memo.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/pickle.h"

namespace normlab {

class PickleInput {
 public:
  PickleInput(std::string_view bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  std::uint8_t NextOpcode();
  std::string_view Take(std::uint64_t count);  // the next bytes
  std::uint64_t Unsigned(int width);           // little-endian, 1 to 8 bytes
  std::int64_t Signed(int width);              // two's complement; width 0 is 0
  std::string_view Line();                     // up to the next newline, which is skipped

  std::size_t opcode_offset() const { return opcode_offset_; }
  std::size_t left() const { return bytes_.size() - next_; }
  [[noreturn]] void Fail(const std::string& what) const;  // DataError: path, opcode's offset, what

 private:
  std::string_view bytes_;
  const std::string& path_;
  std::size_t next_ = 0;
  std::size_t opcode_offset_ = 0;
};

// Everything that grows is bounded; beyond it std::length_error is thrown.
class PickleStack {
 public:
  explicit PickleStack(const PickleInput& input) : input_(input) {}

  void Push(PickleValue* value);
  PickleValue* Pop();
  PickleValue* Pop(PickleValue::Kind kind);
  PickleValue* Top();
  void PushMark();
  std::vector<const PickleValue*> PopToMark();
  std::vector<const PickleValue*> PopMany(std::size_t count);
  std::size_t size() const { return values_.size(); }

  void Remember(std::uint64_t index);  // the top
  void RememberNext() { Remember(memo_.size()); }
  void Recall(std::uint64_t index);

 private:
  const PickleInput& input_;
  std::vector<PickleValue*> values_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, PickleValue*> memo_;
};

}  // namespace normlab
