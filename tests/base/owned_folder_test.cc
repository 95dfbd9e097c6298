#include "base/owned_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class OwnedFolderTest : public ::testing::Test {
 protected:
  OwnedFolderTest() {
    std::string pattern = fs::temp_directory_path() / "normlab-owned-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~OwnedFolderTest() override { fs::remove_all(path_); }
  std::string Read(const std::string& name) { return ReadFile(path_ + "/" + name); }

  std::string path_;
};

TEST_F(OwnedFolderTest, WritesAnewWhatNobodyChanged) {
  for (const char* text : {"one", "two", "two", "three"}) {
    OwnedFolder(path_).Write("a/b.txt", text);
    EXPECT_EQ(Read("a/b.txt"), text);
  }
}

TEST_F(OwnedFolderTest, KeepsWhatIsTheUsers) {
  OwnedFolder(path_).Write("a", "one");
  WriteFile(path_ + "/a", "changed");
  WriteFile(path_ + "/b", "foreign");
  fs::create_directory(path_ + "/c");
  fs::create_symlink("nowhere", path_ + "/d");
  ASSERT_EQ(mkfifo((path_ + "/e").c_str(), 0600), 0);
  OwnedFolder folder(path_);
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    EXPECT_THROW(folder.Check(name), UsageError) << name;
    EXPECT_THROW(folder.Write(name, "mine"), UsageError) << name;
    EXPECT_THAT(folder.WriteWhatIsOurs({{name, "mine"}}), ElementsAre(name));
  }
  EXPECT_EQ(Read("a"), "changed");
  EXPECT_EQ(Read("b"), "foreign");
  EXPECT_TRUE(fs::is_symlink(path_ + "/d"));
}

TEST_F(OwnedFolderTest, SaysWhyAndWhatToDo) {
  OwnedFolder(path_).Write("a", "one");
  WriteFile(path_ + "/a", "changed");
  try {
    OwnedFolder(path_).Check("a");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr(path_ + "/a was changed since normlab wrote it"));
    EXPECT_THAT(error.what(), HasSubstr("--out"));
  }
}

// Killed between the record and the file: both the old bytes and the new ones are normlab's.
TEST_F(OwnedFolderTest, AKillBetweenRecordAndFileMakesNobodysFile) {
  OwnedFolder(path_).Write("a", "old");
  const std::string record = path_ + "/.normlab.sha256";
  WriteFile(record, Read(".normlab.sha256") + Sha256("new") + "  a\n");
  OwnedFolder(path_).Check("a");
  WriteFile(path_ + "/a", "new");
  OwnedFolder(path_).Check("a");
  OwnedFolder(path_).Write("a", "newer");
  EXPECT_EQ(Read("a"), "newer");
}

TEST_F(OwnedFolderTest, TakesWhatIsTheSameForItsOwn) {
  WriteFile(path_ + "/a", "one");
  OwnedFolder(path_).Write("a", "one");
  OwnedFolder(path_).Write("a", "two");
  EXPECT_EQ(Read("a"), "two");
}

TEST_F(OwnedFolderTest, SetsAsideWhatAnEarlierNormlabMayHaveWritten) {
  const auto any = [](const std::string& name, std::string_view) { return name != "c"; };
  WriteFile(path_ + "/a", "one");
  WriteFile(path_ + "/b", "same");
  WriteFile(path_ + "/c", "foreign");
  fs::create_directory(path_ + "/before");
  OwnedFolder folder(path_, any);
  EXPECT_THAT(folder.WriteWhatIsOurs({{"a", "new"}, {"b", "same"}, {"c", "new"}}),
              ElementsAre("c"));
  EXPECT_EQ(folder.set_aside(), path_ + "/before-2");
  EXPECT_EQ(Read("before-2/a"), "one");
  EXPECT_EQ(Read("a"), "new");
  EXPECT_FALSE(fs::exists(path_ + "/before-2/b"));
  OwnedFolder again(path_, any);
  EXPECT_THAT(again.WriteWhatIsOurs({{"a", "newer"}}), IsEmpty());
  EXPECT_EQ(again.set_aside(), "");
}

TEST_F(OwnedFolderTest, ABrokenRecordSaysNothing) {
  OwnedFolder(path_).Write("a", "one");
  for (const char* broken : {"", "\n\n", "0123  a\n", "no record at all", "\xff\0\n"}) {
    WriteFile(path_ + "/.normlab.sha256", broken);
    EXPECT_THROW(OwnedFolder(path_).Check("a"), UsageError) << broken;
  }
}

TEST_F(OwnedFolderTest, ANewFileIsWrittenOnceOrTheSame) {
  const std::string file = path_ + "/a";
  WriteNewFile(file, "one");
  WriteNewFile(file, "one");
  EXPECT_THROW(WriteNewFile(file, "two"), UsageError);
  EXPECT_EQ(ReadFile(file), "one");
  EXPECT_THROW(WriteNewFile("/dev/null", "one"), UsageError);
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
}

}  // namespace
}  // namespace normlab
