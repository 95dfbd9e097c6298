#include "data/pickle_numpy.h"

#include <fmt/format.h>

#include <array>
#include <initializer_list>

#include "base/printable.h"

namespace normlab {
namespace {

using Kind = PickleValue::Kind;

enum Global { kReconstruct, kNdarray, kDtype, kEncode, kFromBuffer };

struct AllowedGlobal {
  std::string_view module, name;
  Global global;
};

// NumPy 2 moved numpy.core to numpy._core. _codecs.encode is how Python 3 writes bytes in protocol
// 2, and _frombuffer how NumPy writes an array in protocol 5.
constexpr std::array<AllowedGlobal, 7> kAllowed = {{
    {"numpy.core.multiarray", "_reconstruct", kReconstruct},
    {"numpy._core.multiarray", "_reconstruct", kReconstruct},
    {"numpy", "ndarray", kNdarray},
    {"numpy", "dtype", kDtype},
    {"_codecs", "encode", kEncode},
    {"numpy.core.numeric", "_frombuffer", kFromBuffer},
    {"numpy._core.numeric", "_frombuffer", kFromBuffer},
}};

// The kinds that a tuple must start with; more may follow.
void Expect(const PickleValue& tuple, std::initializer_list<Kind> kinds, const char* what,
            const PickleInput& input) {
  bool fits = tuple.kind == Kind::kTuple && tuple.items.size() >= kinds.size();
  std::size_t i = 0;
  for (const Kind kind : kinds) fits = fits && tuple.items[i++]->kind == kind;
  if (!fits)
    input.Fail(fmt::format("the pickle calls {} with other arguments than NumPy does", what));
}

// Latin-1 from UTF-8: code points 0 to 255, the upper half in two bytes.
std::string EncodeLatin1(std::string_view text, const PickleInput& input) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
      continue;
    }
    const unsigned next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead != 0xc2 && lead != 0xc3) || (next & 0xc0) != 0x80) {
      input.Fail("expected text that is Latin-1, found another character");
    }
    bytes += static_cast<char>((lead & 3) << 6 | (next & 0x3f));
    ++i;
  }
  return bytes;
}

void FillArray(PickleValue& array, const PickleValue& shape, std::string_view content,
               const PickleInput& input) {
  if (shape.kind != Kind::kTuple || shape.items.size() != 2) {
    input.Fail("expected an array of two dimensions");
  }
  std::uint64_t sizes[2];
  for (int i = 0; i < 2; ++i) {
    const PickleValue& size = *shape.items[i];
    if (size.kind != Kind::kInt || size.number < 1 || size.number > INT32_MAX) {
      input.Fail("expected an array's sizes to be numbers from 1 to 2147483647");
    }
    sizes[i] = static_cast<std::uint64_t>(size.number);
  }
  if (sizes[0] * sizes[1] != content.size()) {
    input.Fail(fmt::format("an array of {} x {} bytes: expected {} bytes of content, found {}",
                           sizes[0], sizes[1], sizes[0] * sizes[1], content.size()));
  }
  array.items = shape.items;
  array.bytes = content;
}

PickleValue* MakeDtype(const PickleValue& arguments, const PickleInput& input, PickleArena& arena) {
  const bool readable =
      arguments.kind == Kind::kTuple && !arguments.items.empty() &&
      (arguments.items[0]->kind == Kind::kText || arguments.items[0]->kind == Kind::kBytes);
  if (!readable) input.Fail("the pickle calls numpy.dtype with other arguments than NumPy does");
  const std::string_view code = arguments.items[0]->bytes;
  if (code != "u1" && code != "|u1") {
    input.Fail(fmt::format("expected an array of uint8 (u1), found dtype '{}'", Printable(code)));
  }
  return arena.New(Kind::kDtype, input.opcode_offset());
}

}  // namespace

PickleValue* FindGlobal(std::string_view module, std::string_view name, const PickleInput& input,
                        PickleArena& arena) {
  for (const AllowedGlobal& allowed : kAllowed) {
    if (allowed.module != module || allowed.name != name) continue;
    PickleValue* value = arena.New(Kind::kGlobal, input.opcode_offset());
    value->number = allowed.global;
    return value;
  }
  input.Fail(
      fmt::format("the pickle asks for {}.{}, which a data file has no use for; it was not "
                  "run, and the file is refused",
                  Printable(module), Printable(name)));
}

PickleValue* CallGlobal(const PickleValue& function, const PickleValue& arguments,
                        const PickleInput& input, PickleArena& arena) {
  switch (static_cast<Global>(function.number)) {
    case kReconstruct:
      Expect(arguments, {Kind::kGlobal, Kind::kTuple}, "numpy's _reconstruct", input);
      if (arguments.items[0]->number != kNdarray) break;
      return arena.New(Kind::kArray, input.opcode_offset());
    case kDtype:
      return MakeDtype(arguments, input, arena);
    case kEncode: {
      Expect(arguments, {Kind::kText, Kind::kText}, "_codecs.encode", input);
      if (arguments.items[1]->bytes != "latin1") break;
      PickleValue* bytes = arena.New(Kind::kBytes, input.opcode_offset());
      bytes->bytes = arena.Keep(EncodeLatin1(arguments.items[0]->bytes, input));
      return bytes;
    }
    case kFromBuffer: {
      Expect(arguments, {Kind::kBytes, Kind::kDtype, Kind::kTuple, Kind::kText},
             "numpy's _frombuffer", input);
      if (arguments.items[3]->bytes != "C") break;
      PickleValue* array = arena.New(Kind::kArray, input.opcode_offset());
      FillArray(*array, *arguments.items[2], arguments.items[0]->bytes, input);
      return array;
    }
    case kNdarray:
      break;
  }
  input.Fail("the pickle calls an allowed global with other arguments than NumPy does");
}

void SetState(PickleValue& object, const PickleValue& state, const PickleInput& input) {
  if (object.kind == Kind::kDtype && state.kind == Kind::kTuple) return;  // u1 has one byte order
  if (object.kind != Kind::kArray) {
    input.Fail(fmt::format("the pickle sets the state of {}", KindName(object.kind)));
  }
  Expect(state, {Kind::kInt, Kind::kTuple, Kind::kDtype, Kind::kBool, Kind::kBytes},
         "an array's __setstate__", input);
  if (state.items[3]->number != 0) {
    input.Fail("expected an array in C order, found Fortran order");
  }
  FillArray(object, *state.items[1], state.items[4]->bytes, input);
}

}  // namespace normlab
