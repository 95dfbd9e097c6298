// Where the keys norm and weights name a file: the value becomes the file's text where it is read.
#pragma once

#include <string>
#include <string_view>

#include "config/keys.h"

namespace normlab {

// Whether a value of the key names a file: it ends in .toml, or has a slash and is no equation.
bool IsNormPath(std::string_view value);

// The value itself, or the text of the file that it names, relative to `folder` ("": where the
// program runs), checked. Throws UsageError that begins with `origin` and the path: no such file, a
// folder, no text, no method, one of the other key.
std::string NormFromPath(const std::string& value, const std::string& folder,
                         const std::string& origin);
std::string WeightsFromPath(const std::string& value, const std::string& folder,
                            const std::string& origin);

// Of a setting of any key; of norm and weights the value, and in `origin` the file too.
void ReadNormFile(const std::string& folder, Setting& setting);

// Between commas that stand in no brackets: names, files and equations of a flag, each once, in the
// order in which they were named, files as their texts.
std::vector<std::string> NormsOfFlag(const std::string& named, const std::string& flag);

}  // namespace normlab
