#include "records/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

TEST(Notes, AreReadAsWritten) {
  for (const FolderNotes& notes : {FolderNotes{}, FolderNotes{DrawnSplit{7, 3}, 0},
                                   FolderNotes{std::nullopt, 12}, FolderNotes{DrawnSplit{}, 1}}) {
    const FolderNotes read = NotesOf(Json::parse(NotesJson(notes).dump()));
    EXPECT_EQ(read.drawn_split, notes.drawn_split);
    EXPECT_EQ(read.turned_pictures, notes.turned_pictures);
  }
}

TEST(Notes, OfAnOlderOrBrokenFileAreNone) {
  for (const char* text :
       {"{}", R"({"turned_pictures": "3", "drawn_split": "no"})",
        R"({"turned_pictures": -3, "drawn_split": []})",
        R"({"turned_pictures": 1.5, "drawn_split": {"test_one_in": -5, "seed": 1}})",
        R"({"turned_pictures": null, "drawn_split": {"seed": 1}})",
        R"({"drawn_split": {"test_one_in": 18446744073709551615, "seed": 1}})"}) {
    const FolderNotes notes = NotesOf(Json::parse(text));
    EXPECT_FALSE(notes.drawn_split) << text;
    EXPECT_EQ(notes.turned_pictures, 0u) << text;
  }
}

}  // namespace
}  // namespace normlab
