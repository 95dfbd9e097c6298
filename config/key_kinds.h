// How a key of each kind is parsed, checked and printed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/keys.h"

namespace normlab {

// Where a key's value lives.
template <typename T>
using Field = T& (*)(Settings&);

bool ParseNumber(const std::string& text, double& value);  // finite, nothing after it
bool ParseInteger(const std::string& text, std::int64_t& value);
bool ParseBoolean(const std::string& text, bool& value);  // true, false, 1, 0

enum class Bound { kClosed, kOpen };

Key BooleanKey(KeyScope scope, std::string name, Field<bool> field, std::string meaning);

template <typename T>  // int, std::int64_t, std::uint64_t
Key IntegerKey(KeyScope scope, std::string name, Field<T> field, std::int64_t low,
               std::int64_t high, std::string meaning);

// The word auto, or a whole number; auto is kept as 0.
Key AutoKey(KeyScope scope, std::string name, Field<int> field, std::int64_t low, std::int64_t high,
            std::string meaning);

Key RealKey(std::string name, Field<double> field, double low, Bound low_bound, double high,
            Bound high_bound, std::string meaning);

// `choices` empty: any text; it is checked where its meaning is known (architecture, augmentation).
Key WordKey(KeyScope scope, std::string name, Field<std::string> field,
            std::vector<std::string> choices, std::string allowed, std::string meaning);

// A leading ~ is the home folder.
Key PathKey(KeyScope scope, std::string name, Field<std::string> field, std::string allowed,
            std::string meaning);

// The name replaces the whole choice; "NAME.KEY" sets one argument of it. `arguments`: whose they
// are, as docs/keys.md says it.
Key ChoiceKey(const ChoiceFamily& family, Field<Choice> field, const std::string& arguments,
              std::string meaning);
// Returns false where the text is not of the argument's type, which is one of the family's.
bool SetChoiceArgument(const ChoiceFamily& family, const std::string& argument,
                       const std::string& value, Choice& choice);

}  // namespace normlab
