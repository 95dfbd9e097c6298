#include "data/pickle_stack.h"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.h"

namespace normlab {
namespace {

// Far above what a genuine batch needs at once; below it a hostile file cannot fill the memory.
constexpr std::size_t kDeepestStack = 1'000'000;

}  // namespace

std::uint8_t PickleInput::NextOpcode() {
  opcode_offset_ = next_;
  return static_cast<std::uint8_t>(Unsigned(1));
}

std::string_view PickleInput::Take(std::uint64_t count) {
  if (count > left()) {
    Fail(fmt::format("the pickle ends early: expected {} more bytes, found {}", count, left()));
  }
  const std::string_view taken = bytes_.substr(next_, static_cast<std::size_t>(count));
  next_ += taken.size();
  return taken;
}

std::uint64_t PickleInput::Unsigned(int width) {
  std::uint64_t value = 0;
  int shift = 0;
  for (const char byte : Take(static_cast<std::uint64_t>(width))) {
    value |= std::uint64_t{static_cast<unsigned char>(byte)} << shift;
    shift += 8;
  }
  return value;
}

std::int64_t PickleInput::Signed(int width) {
  if (width == 0) return 0;
  const int unused = 64 - 8 * width;
  return static_cast<std::int64_t>(Unsigned(width) << unused) >> unused;
}

std::string_view PickleInput::Line() {
  const std::size_t end = bytes_.find('\n', next_);
  if (end == std::string_view::npos) Fail("the pickle ends early: expected the end of a line");
  const std::string_view line = bytes_.substr(next_, end - next_);
  next_ = end + 1;
  return line;
}

void PickleInput::Fail(const std::string& what) const {
  throw DataError(
      fmt::format("{}: at byte {}: {}; get the file again", path_, opcode_offset_, what));
}

void PickleStack::Push(PickleValue* value) {
  if (values_.size() == kDeepestStack) throw std::length_error("more than 1000000 stacked values");
  values_.push_back(value);
}

void PickleStack::PushMark() {
  if (marks_.size() == kDeepestStack) throw std::length_error("more than 1000000 marks");
  marks_.push_back(values_.size());
}

PickleValue* PickleStack::Top() {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (values_.size() <= floor) input_.Fail("the pickle is damaged: expected a value on the stack");
  return values_.back();
}

PickleValue* PickleStack::Pop() {
  PickleValue* value = Top();
  values_.pop_back();
  return value;
}

PickleValue* PickleStack::Pop(PickleValue::Kind kind) {
  PickleValue* value = Pop();
  if (value->kind != kind) {
    input_.Fail(fmt::format("the pickle is damaged: expected {} on the stack, found {}",
                            KindName(kind), KindName(value->kind)));
  }
  return value;
}

std::vector<const PickleValue*> PickleStack::PopMany(std::size_t count) {
  std::vector<const PickleValue*> popped(count);
  for (std::size_t i = count; i > 0; --i) popped[i - 1] = Pop();
  return popped;
}

std::vector<const PickleValue*> PickleStack::PopToMark() {
  if (marks_.empty()) input_.Fail("the pickle is damaged: expected a mark on the stack");
  std::vector<const PickleValue*> popped = PopMany(values_.size() - marks_.back());
  marks_.pop_back();
  return popped;
}

void PickleStack::Remember(std::uint64_t index) {
  if (memo_.size() == kDeepestStack) throw std::length_error("more than 1000000 stored values");
  memo_[index] = Top();
}

void PickleStack::Recall(std::uint64_t index) {
  const auto found = memo_.find(index);
  if (found == memo_.end()) {
    input_.Fail(fmt::format("the pickle is damaged: nothing is stored as {}", index));
  }
  Push(found->second);
}

}  // namespace normlab
