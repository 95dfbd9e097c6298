#include "data/look_alike.h"

// The C interface alone: the C++ one would be another library to link.
#define U_SHOW_CPLUSPLUS_API 0
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <string>

namespace normlab {
namespace {

// In NFC; empty where it cannot be had, as for what is not UTF-8.
std::u16string Composed(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFCInstance(&error);
  std::u16string units(text.size(), u'\0');  // no character has more units than bytes
  int32_t length = 0;
  u_strFromUTF8(units.data(), static_cast<int32_t>(units.size()), &length, text.data(),
                static_cast<int32_t>(text.size()), &error);
  std::u16string composed(3 * units.size(), u'\0');  // NFC grows threefold at most
  const int32_t count = unorm2_normalize(normalizer, units.data(), length, composed.data(),
                                         static_cast<int32_t>(composed.size()), &error);
  if (U_FAILURE(error)) return {};
  composed.resize(static_cast<std::size_t>(count));
  return composed;
}

}  // namespace

bool DifferOnlyInComposition(std::string_view a, std::string_view b) {
  if (a == b) return false;
  const std::u16string composed = Composed(a);
  return !composed.empty() && composed == Composed(b);
}

}  // namespace normlab
