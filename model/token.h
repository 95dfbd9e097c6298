// One word of an architecture line, read but not yet placed in a network.
#pragma once

#include <string>
#include <string_view>

#include "model/architecture.h"

namespace normlab {

// Limits that no small network meets; they keep a slip of the keyboard from becoming gigabytes.
inline constexpr int kMaxChannels = 4096;
inline constexpr int kMaxRepeat = 64;
inline constexpr int kMaxLayers = 256;
inline constexpr std::size_t kMaxParameters = std::size_t{1} << 26;

// What stands there, quoted, or that nothing does.
std::string QuotedOrNothing(std::string_view found);

// Reads a word from its beginning; what it cannot read is a UsageError that names the word, the
// column of the line (from 1) and what was expected there.
class WordReader {
 public:
  WordReader(std::string_view word, int column) : word_(word), rest_(word), column_(column) {}

  std::string_view rest() const { return rest_; }
  bool Accept(std::string_view expected);
  // From 1 to `largest`; `meaning` says of what.
  int Number(std::string_view meaning, int largest);
  bool HasNumber() const { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  // Letters, digits, - and _; `expected` says of what.
  std::string Name(std::string_view expected);
  void ExpectEnd(std::string_view expected) const;
  [[noreturn]] void Fail(std::string_view expected) const;

 private:
  std::string_view word_, rest_;
  int column_;
};

// What the word says of its layer: the token, its kind, kernel, stride, padding, channels (those of
// its output; of a depthwise convolution not yet), repetition, and what it says of groups,
// activation and normalization. Reads up to `*`. Throws UsageError.
Layer ReadLayer(WordReader& reader, std::string_view word);

// ":gelu": an activation of operations/activation.h or kNoActivation. Empty where no colon stands.
std::string ReadActivation(WordReader& reader);

}  // namespace normlab
