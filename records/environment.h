// environment.json of a run: what it says of the program and the machine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "data/folder_notes.h"
#include "records/run_folder.h"

namespace normlab {

// In the file's order; an empty object where the file is missing or broken.
nlohmann::ordered_json EnvironmentOf(const RunRecord& run);

// Empty where it is no word.
std::string EnvironmentWord(const nlohmann::ordered_json& object, const char* key);

// What was made of a folder of pictures: `turned_pictures` and `drawn_split`, null where none was
// drawn. A file without them, or with others than they may be, notes nothing.
nlohmann::ordered_json NotesJson(const FolderNotes& notes);
FolderNotes NotesOf(const nlohmann::ordered_json& environment);

}  // namespace normlab
