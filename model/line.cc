#include "model/line.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "model/token.h"

namespace normlab {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f\v";
constexpr std::string_view kPunctuation = "()|";

class LineParser {
 public:
  explicit LineParser(std::string_view line) : line_(line) {}

  Branch Parse() {
    Branch items = ReadBranch();
    if (at_ < line_.size()) Fail("an opening bracket before it");
    return items;
  }

 private:
  void SkipSpace() { at_ = std::min(line_.find_first_not_of(kSpace, at_), line_.size()); }
  bool Sees(char c) const { return at_ < line_.size() && line_[at_] == c; }
  int column() const { return static_cast<int>(at_) + 1; }

  [[noreturn]] void Fail(std::string_view expected) const {
    throw UsageError(fmt::format("model: cannot read the line at column {}: found {}, expected {}",
                                 column(), QuotedOrNothing(line_.substr(at_, 1)), expected));
  }

  // Up to the end, a closing bracket or a bar.
  Branch ReadBranch() {
    Branch items;
    for (SkipSpace(); at_ < line_.size() && !Sees(')') && !Sees('|'); SkipSpace()) {
      items.push_back(Sees('(') ? ReadGroup() : ReadLayerItem());
    }
    return items;
  }

  // From here to the next space or bracket.
  std::string_view Word() const {
    const std::size_t end = std::min(
        {line_.find_first_of(kSpace, at_), line_.find_first_of(kPunctuation, at_), line_.size()});
    return line_.substr(at_, end - at_);
  }

  Item ReadLayerItem() {
    const std::string_view word = Word();
    WordReader reader(word, column());
    Item item;
    item.layer = ReadLayer(reader, word);
    item.times = ReadTimes(reader);
    at_ += word.size();
    return item;
  }

  static int ReadTimes(WordReader& reader) {
    const int times =
        reader.Accept("*") ? reader.Number("how often it stands here", kMaxRepeat) : 1;
    reader.ExpectEnd("nothing behind the number of times");
    return times;
  }

  Item ReadGroup() {
    if (++depth_ > kMaxDepth) Fail(fmt::format("at most {} brackets within each other", kMaxDepth));
    const std::size_t begin = at_;
    Item item;
    do {
      ++at_;
      item.branches.push_back(ReadBranch());
    } while (Sees('|'));
    if (!Sees(')')) Fail("a closing bracket");
    CheckBranches(item);
    ++at_;
    ReadJoin(item, begin);
    --depth_;
    return item;
  }

  void CheckBranches(const Item& item) const {
    const auto empty = std::ranges::count_if(item.branches, &Branch::empty);
    if (item.branches.size() == 1 && empty == 1) Fail("a layer within the brackets");
    if (empty > 1) Fail("a layer in every branch but one");
  }

  // `begin`: of the group.
  void ReadJoin(Item& item, std::size_t begin) {
    const std::string_view word = Word();
    WordReader reader(word, column());
    const bool one = item.branches.size() == 1;
    if (reader.Accept("+")) {
      item.join = Joining{};
      if (one && reader.Accept("A")) item.join->shortcut = Shortcut::kPadded;
      if (one && reader.Accept("B")) item.join->shortcut = Shortcut::kProjected;
      item.join->activation = ReadActivation(reader);
      item.join->bare = reader.Accept("!");
    } else if (reader.Accept("&")) {
      item.join = Joining{};
      item.join->kind = LayerKind::kConcatenation;
    } else if (!one) {
      reader.Fail("+ (the sum of the branches) or & (their channels behind one another)");
    }
    if (!reader.rest().starts_with('*')) {
      reader.ExpectEnd(one ? "+ (the sum with what goes in), +A or +B (where shapes differ), & "
                             "(concatenation) or "
                             "*N (N times); behind a sum :activation or ! (none)"
                           : "+ or &; behind a sum :activation or ! (none); *N (N times)");
    }
    const std::size_t end = at_ + word.size() - reader.rest().size();
    item.text = CanonicalLine(line_.substr(begin, end - begin));
    item.times = ReadTimes(reader);
    at_ += word.size();
  }

  std::string_view line_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

Branch ParseLine(std::string_view line) { return LineParser(line).Parse(); }

std::string CanonicalLine(std::string_view line) {
  std::string text;
  for (const std::string& word : SplitWords(line)) {
    std::string spaced;
    for (const char c : word) spaced += c == '|' ? std::string(" | ") : std::string(1, c);
    text += " " + spaced;
  }
  std::string canonical;
  for (const std::string& word : SplitWords(text)) {
    const bool opened = canonical.empty() || canonical.ends_with('(');
    canonical += (opened || word.starts_with(')') ? "" : " ") + word;
  }
  return canonical;
}

}  // namespace normlab
