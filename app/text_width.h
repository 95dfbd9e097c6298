// How many columns of a terminal a text takes: two for an East Asian wide character, none for a
// combining one.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

int ColumnsOf(std::string_view utf8);

// As much of the beginning as `columns` hold.
std::string CutToColumns(std::string_view utf8, int columns);

}  // namespace normlab
