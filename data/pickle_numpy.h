// The globals by which Python and NumPy write bytes and arrays of uint8: all that a pickle may
// call, done here by hand.
#pragma once

#include <string_view>

#include "data/pickle.h"
#include "data/pickle_stack.h"

namespace normlab {

// The value of a whitelisted global; every other one is refused by name.
PickleValue* FindGlobal(std::string_view module, std::string_view name, const PickleInput& input,
                        PickleArena& arena);

// REDUCE: function(*arguments).
PickleValue* CallGlobal(const PickleValue& function, const PickleValue& arguments,
                        const PickleInput& input, PickleArena& arena);

// BUILD: object.__setstate__(state), for a dtype or an array.
void SetState(PickleValue& object, const PickleValue& state, const PickleInput& input);

}  // namespace normlab
