#include "data/passed_over.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace normlab {
namespace {

constexpr std::string_view kLfsPointer = "Git LFS pointer";

// "2 WebP", "2 text files": names of formats stand for themselves, words get an s.
std::string Counted(const PassedOver& count) {
  const std::string& name = count.kind;
  const bool word = name.back() >= 'a' && name.back() <= 'z';
  if (count.files == 1 || (!word && name != "PDF")) return fmt::format("{} {}", count.files, name);
  const std::size_t of = std::min(name.find(" of "), name.size());
  return fmt::format("{} {}s{}", count.files, name.substr(0, of), name.substr(of));
}

PassedOver& Count(const std::string& kind, bool picture, std::vector<PassedOver>& counts) {
  const auto known = std::ranges::find(counts, kind, &PassedOver::kind);
  if (known != counts.end()) return *known;
  return counts.emplace_back(PassedOver{kind, 0, picture});
}

std::string Advice(const std::vector<PassedOver>& counts) {
  std::vector<std::string> pictures;
  bool pointers = false;
  for (const PassedOver& count : counts) {
    if (count.picture) pictures.push_back(count.kind);
    pointers |= count.kind == kLfsPointer;
  }
  std::string advice;
  if (!pictures.empty()) {
    advice =
        fmt::format("; convert the {} to PNG or JPEG to have them read", Join(pictures, " and "));
  }
  if (pointers) advice += "; git lfs pull brings what its pointers stand for";
  return advice;
}

}  // namespace

void CountPassedOver(const FileKind& kind, std::vector<PassedOver>& counts) {
  ++Count(std::string(kind.name), kind.use == FileUse::kForeign, counts).files;
}

void AddPassedOver(const std::vector<PassedOver>& more, std::vector<PassedOver>& counts) {
  for (const PassedOver& each : more) Count(each.kind, each.picture, counts).files += each.files;
}

std::string PassedOverText(const std::vector<PassedOver>& counts) {
  std::vector<std::string> parts;
  for (const PassedOver& count : counts) parts.push_back(Counted(count));
  return Join(parts);
}

std::string PassedOverWarning(std::string_view where, const std::vector<PassedOver>& counts) {
  if (counts.empty()) return "";
  std::size_t files = 0;
  for (const PassedOver& count : counts) files += count.files;
  return fmt::format("{}: {} no PNG or JPEG and passed over: {}{}", where,
                     files == 1 ? "1 file is" : fmt::format("{} files are", files),
                     PassedOverText(counts), Advice(counts));
}

std::string OneOfKind(std::string_view name) {
  constexpr std::string_view kSaidWithAVowel[] = {
      "SVG", "XCF", "SGI picture", "MNG", "HTML page", "HDF5 file", "xz file", "RAR archive"};
  const bool vowel = std::string_view("AEIOaeiou").find(name.front()) != std::string_view::npos ||
                     std::ranges::find(kSaidWithAVowel, name) != std::end(kSaidWithAVowel);
  return fmt::format("{} {}", vowel ? "an" : "a", name);
}

std::string_view WhatWouldDo(const FileKind& kind) {
  if (kind.use == FileUse::kForeign) return "; convert it to PNG or JPEG";
  return kind.name == kLfsPointer ? "; git lfs pull brings the picture" : "";
}

}  // namespace normlab
