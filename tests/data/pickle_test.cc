#include "data/pickle.h"

#include <filesystem>

#include "data/cifar.h"
#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::string BatchError(const std::string& bytes) {
  return DataErrorOf([&] {
    Split split;
    AppendCifarPickle(bytes, "data_batch_1", split);
  });
}

class CifarPickle : public testing::TestWithParam<const char*> {};

// make_pickles.py: value i of image n is (7 n + i) % 256.
TEST_P(CifarPickle, ReadsTheBatch) {
  Split split;
  AppendCifarPickle(Golden(GetParam()), "data_batch_1", split);
  EXPECT_THAT(split.labels, ElementsAre(3, 0, 9));
  ASSERT_EQ(split.pixels.size(), 3u * 3072);
  for (std::size_t i = 0; i < split.pixels.size(); ++i) {
    ASSERT_EQ(split.pixels[i], (7 * (i / 3072) + i % 3072) % 256) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(AsPythonWroteIt, CifarPickle,
                         testing::Values("python2", "protocol2", "protocol3", "protocol4",
                                         "protocol5", "text_keys"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Pickle, RunsNothing) {
  std::filesystem::remove("pickle-was-run");
  // posix.system is how Python on Linux names os.system; the opcode's offset is that of GLOBAL.
  const std::string protocol2 = Golden("os_system");
  EXPECT_THAT(BatchError(protocol2),
              HasSubstr("data_batch_1: at byte " + std::to_string(protocol2.find("cposix")) +
                        ": the pickle asks for posix.system"));
  EXPECT_THAT(BatchError(Golden("os_system_protocol4")), HasSubstr("posix.system"));
  EXPECT_THAT(BatchError(Golden("builtins_eval")),
              HasSubstr("at byte 2: the pickle asks for builtins.eval"));
  EXPECT_FALSE(std::filesystem::exists("pickle-was-run"));
}

TEST(Pickle, RefusesNamesThatOnlyLookLikeNumPys) {
  for (const char* global :
       {"cnumpy\nload\n", "cnumpy.core.multiarray\nndarray\n", "cnumpy\ndtype.__class__\n",
        "cnumpy.core\nmultiarray._reconstruct\n"}) {
    EXPECT_THAT(BatchError(std::string("\x80\x02") + global + "."),
                HasSubstr("which a data file has no use for"));
  }
}

TEST(Pickle, RefusesOpcodesThatConstructByOtherWays) {
  EXPECT_THAT(BatchError("\x80\x02(ios\nsystem\n."),
              HasSubstr("at byte 3: the pickle uses the opcode INST 0x69"));
  EXPECT_THAT(BatchError("\x80\x02)\x81."), HasSubstr("NEWOBJ 0x81"));
  EXPECT_THAT(BatchError("\x80\x02P1\n."), HasSubstr("PERSID 0x50"));
  EXPECT_THAT(BatchError("\x80\x02\x82\x01."), HasSubstr("EXT1 0x82"));
  EXPECT_THAT(BatchError(Golden("float")), HasSubstr("the opcode 0x47"));
}

TEST(Pickle, RefusesOtherProtocols) {
  for (const char* name : {"protocol0", "protocol1"}) {
    EXPECT_THAT(BatchError(Golden(name)),
                HasSubstr("at byte 0: expected a pickle of protocol 2 to 5"));
  }
  EXPECT_THAT(BatchError("\x80\x06N."), HasSubstr("protocol 2 to 5"));
  EXPECT_THAT(BatchError(""), HasSubstr("the pickle ends early"));
}

TEST(Pickle, RefusesArraysOfAnotherKind) {
  EXPECT_THAT(BatchError(Golden("int64_data")),
              HasSubstr("expected an array of uint8 (u1), found dtype 'i8'"));
  EXPECT_THAT(BatchError(Golden("fortran_data")), HasSubstr("expected an array in C order"));
  EXPECT_THAT(BatchError(Golden("one_dimension")),
              HasSubstr("expected an array of two dimensions"));
  EXPECT_THAT(BatchError(Golden("narrow_data")),
              HasSubstr("images x 3072 values, found images x 3071"));
}

TEST(Pickle, RefusesOtherLabels) {
  const std::string ten = Golden("label_ten");
  EXPECT_THAT(BatchError(ten), HasSubstr("expected a label of 0 to 9 at byte " +
                                         std::to_string(ten.find("K\x0aK\x09")) + ", found 10"));
  EXPECT_THAT(BatchError(Golden("label_text")),
              AllOf(HasSubstr("expected a label at byte"), HasSubstr("found text")));
  EXPECT_THAT(BatchError(Golden("two_labels")),
              HasSubstr("one label for each of its 3 images, found 2"));
  EXPECT_THAT(BatchError(Golden("no_labels")), HasSubstr("expected the key 'labels'"));
  EXPECT_THAT(BatchError(Golden("labels_bytes")),
              AllOf(HasSubstr("expected list as 'labels'"), HasSubstr("found bytes")));
  EXPECT_THAT(BatchError(Golden("a_list")),
              HasSubstr("expected a pickled dict with the key 'data', found list"));
}

TEST(Pickle, RefusesAFileThatEndsEarlyAtEveryLength) {
  for (const char* name : {"python2", "protocol2", "protocol5"}) {
    const std::string bytes = Golden(name);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_THAT(BatchError(bytes.substr(0, size)), HasSubstr("ends early")) << name << size;
    }
  }
}

TEST(Pickle, RefusesAFileThatIsTooLong) {
  EXPECT_THAT(BatchError(Golden("python2") + "xy"), HasSubstr("found 2 more bytes"));
}

TEST(Pickle, RefusesDamagedStacks) {
  EXPECT_THAT(BatchError("\x80\x02."), HasSubstr("expected a value on the stack"));
  EXPECT_THAT(BatchError("\x80\x02NN."), HasSubstr("values are left over"));
  EXPECT_THAT(BatchError("\x80\x02t."), HasSubstr("expected a mark on the stack"));
  EXPECT_THAT(BatchError("\x80\x02N(0."), HasSubstr("the opcode 0x30"));
  EXPECT_THAT(BatchError(std::string("\x80\x02h\x05.", 5)), HasSubstr("nothing is stored as 5"));
  EXPECT_THAT(BatchError("\x80\x02NNs."), HasSubstr("expected a value on the stack"));
  EXPECT_THAT(BatchError("\x80\x02}(Nu."), HasSubstr("expected dict and its items on the stack"));
  EXPECT_THAT(BatchError("\x80\x02NN\x86R."), HasSubstr("expected a value on the stack"));
  EXPECT_THAT(BatchError("\x80\x02N)R."), HasSubstr("expected global on the stack, found None"));
}

TEST(Pickle, KnowsNegativeAndLongNumbers) {
  const std::string bytes(
      "\x80\x02(J\xfe\xff\xff\xffM\x01\x02\x8a\x00\x8a\x02\x00\xff\x8a\x08"
      "\x00\x00\x00\x00\x00\x00\x00\x80t.",
      29);
  const Pickle pickle(bytes, "f");
  std::vector<std::int64_t> numbers;
  for (const PickleValue* value : pickle.root().items) numbers.push_back(value->number);
  EXPECT_THAT(numbers, ElementsAre(-2, 513, 0, -256, INT64_MIN));
  EXPECT_THAT(DataErrorOf([] { Pickle("\x80\x02\x8a\x09 12345678.", "f"); }),
              HasSubstr("a number of 9 bytes"));
}

TEST(Pickle, BoundsWhatAHostileFileCanAllocate) {
  EXPECT_THAT(BatchError("\x80\x02" + std::string(2'000'000, 'N') + "."),
              HasSubstr("more than 1000000"));
  EXPECT_THAT(BatchError("\x80\x02" + std::string(2'000'000, '(') + "."),
              HasSubstr("more than 1000000"));
  EXPECT_THAT(BatchError("\x80\x04N" + std::string(2'000'000, '\x94') + "."),
              HasSubstr("more than 1000000"));
  std::string recalls = "\x80\x02Nq\x01";
  for (int i = 0; i < 2'000'000; ++i) recalls += "h\x01";
  EXPECT_THAT(BatchError(recalls + "."), HasSubstr("more than 1000000"));
  // A length of 2^63 bytes.
  EXPECT_THAT(BatchError(std::string("\x80\x04\x8e\0\0\0\0\0\0\0\x80.", 12)),
              HasSubstr("ends early"));
}

TEST(Pickle, DoesNotUnpackTextAgainAndAgain) {
  // One text of 10,000 characters, encoded five times over.
  std::string bytes =
      "\x80\x02"
      "c_codecs\nencode\nq\x01X" +
      std::string("\x10\x27\0\0", 4) + std::string(10'000, 'a') +
      std::string("X\x06\0\0\0latin1\x86q\x02", 14);
  for (int i = 0; i < 5; ++i) bytes += "h\x01h\x02R";
  EXPECT_THAT(BatchError(bytes + "."), HasSubstr("more text than the file has bytes"));
}

TEST(Pickle, AListMayHoldItself) {
  const Pickle pickle(
      "\x80\x02]q\x01h\x01"
      "a.",
      "f");
  ASSERT_EQ(pickle.root().items.size(), 1u);
  EXPECT_EQ(pickle.root().items[0], &pickle.root());
}

}  // namespace
}  // namespace normlab
