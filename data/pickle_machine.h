// The stack machine that a pickle is a program for, without the opcodes that could do harm.
#pragma once

#include <string>
#include <string_view>

#include "data/pickle.h"

namespace normlab {

// The value on the stack at STOP, owned by `arena`. Throws DataError naming `path` and the offset.
const PickleValue* RunPickle(std::string_view bytes, const std::string& path, PickleArena& arena);

}  // namespace normlab
