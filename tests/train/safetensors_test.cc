#include "train/safetensors.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "base/file.h"
#include "temporary_folder.h"

namespace normlab {
namespace {

std::string BytesOf(const std::string& header, const std::string& data) {
  std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i, length >>= 8) bytes[i] = static_cast<char>(length & 255);
  return bytes + header + data;
}

class Safetensors : public testing::Test {
 protected:
  TensorFile Parse(const std::string& bytes) {
    // Not flushed to disk, as WriteFile would: thousands of these are read once.
    std::ofstream(folder_ / "file", std::ios::binary) << bytes;
    return ReadTensors(folder_ / "file");
  }
  void ExpectError(const std::string& bytes, const std::string& words) {
    try {
      Parse(bytes);
      ADD_FAILURE() << "accepted; expected an error with: " << words;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find(folder_ / "file"), std::string::npos);
    }
  }
  void ExpectHeaderError(const std::string& header, const std::string& words) {
    ExpectError(BytesOf(header, std::string(8, '\0')), words);
  }
  TemporaryFolder folder_;
};

TensorFile Sample() {
  const float floats[] = {1.5f, -2.0f, 3.25f};
  const double doubles[] = {0.1, -1e300};
  const std::int64_t counter = 469;
  const std::uint8_t labels[] = {9, 0, 255, 7, 1};
  const std::int32_t integers[] = {-1, 1 << 30};
  return {{{"format", "pt"}, {"quote", "\"\\ \n\xc3\xa9"}},
          {FromValues("C1.conv.weight", {3, 1, 1, 1}, floats),
           FromValues("C1.norm.num_batches_tracked", {}, &counter),
           FromValues("doubles", {1, 2}, doubles), FromValues("labels", {5}, labels),
           FromValues("integers", {2}, integers), FromValues("nothing", {0, 4}, floats)}};
}

TEST_F(Safetensors, ReadsAFileMadeByHandFromTheSpecification) {
  const std::string header = R"({"__metadata__":{"format":"pt"},)"
                             R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},)"
                             R"("a":{"data_offsets":[0,8],"shape":[],"dtype":"I64"}}   )";
  const std::string data(
      "\x05\0\0\0\0\0\0\0"
      "\0\0\x80\x3f"
      "\0\0\0\xc0",
      16);
  const TensorFile file = Parse(BytesOf(header, data));
  EXPECT_EQ(file.metadata.at("format"), "pt");
  ASSERT_EQ(file.tensors.size(), 2u);
  EXPECT_EQ(file.tensors[0].name, "b");
  EXPECT_EQ(ToDoubles(file.tensors[0], "file"), (std::vector<double>{1, -2}));
  EXPECT_EQ(file.tensors[1].dtype, DType::kI64);
  EXPECT_TRUE(file.tensors[1].shape.empty());
  EXPECT_EQ(file.tensors[1].bytes, (std::vector<std::uint8_t>{5, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(file.Find("c"), nullptr);
  EXPECT_THROW(ToDoubles(file.tensors[1], "file"), DataError);
}

TEST_F(Safetensors, ReadsBackWhatItWrote) {
  const TensorFile written = Sample();
  WriteTensors(folder_ / "file", written);
  const TensorFile read = ReadTensors(folder_ / "file");
  EXPECT_EQ(read.metadata, written.metadata);
  ASSERT_EQ(read.tensors.size(), written.tensors.size());
  for (std::size_t i = 0; i < read.tensors.size(); ++i) {
    EXPECT_EQ(read.tensors[i].name, written.tensors[i].name);
    EXPECT_EQ(read.tensors[i].dtype, written.tensors[i].dtype);
    EXPECT_EQ(read.tensors[i].shape, written.tensors[i].shape);
    EXPECT_EQ(read.tensors[i].bytes, written.tensors[i].bytes);
  }
}

TEST_F(Safetensors, AlignsTheHeaderWithSpacesAndEveryTensorToItsType) {
  for (std::size_t extra = 0; extra < 9; ++extra) {
    TensorFile file = Sample();
    file.metadata["pad"] = std::string(extra, 'x');
    WriteTensors(folder_ / "file", file);
    const std::string bytes = ReadFile(folder_ / "file");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    ASSERT_LT(length, bytes.size());
    EXPECT_EQ(length % 8, 0u);
    const std::string header = bytes.substr(8, length);
    EXPECT_EQ(header.front(), '{');
    EXPECT_EQ(header.find_first_not_of(' ', header.rfind('}') + 1), std::string::npos);
    // 8-byte types first: one counter and two doubles; then 3 floats.
    EXPECT_NE(header.find(R"("shape":[3,1,1,1],"data_offsets":[24,36])"), std::string::npos);
    EXPECT_NE(header.find(R"("dtype":"I64","shape":[],"data_offsets":[0,8])"), std::string::npos);
  }
}

TEST_F(Safetensors, RefusesEveryCutAndSurvivesEveryChangedByte) {
  WriteTensors(folder_ / "whole", Sample());
  const std::string whole = ReadFile(folder_ / "whole");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(Parse(whole.substr(0, size)), DataError) << size;
  }
  EXPECT_THROW(Parse(whole + '\0'), DataError);
  std::uint64_t length = 0;
  std::memcpy(&length, whole.data(), 8);
  for (std::size_t i = 0; i < 8 + length; ++i) {
    for (const int flip : {1, 2, 16, 128, 255}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      try {
        Parse(changed);  // a changed name or metadata may still be a valid file
      } catch (const DataError&) {
      }
    }
  }
}

TEST_F(Safetensors, SaysWhatIsWrong) {
  ExpectError("abc", "expected at least 8 bytes, found 3");
  ExpectError(std::string(8, '\xff') + "{}", "announce a header of 18446744073709551615");
  ExpectError(BytesOf("[]", ""), "starts with '{' at byte 8");
  ExpectError(BytesOf("", ""), "starts with '{' at byte 8");
  ExpectHeaderError(R"({"a":)", "not JSON");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x)", "not JSON");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2]}})",
                    "expected dtype, shape and data_offsets");
  ExpectHeaderError(R"({"a":{}})", "found nothing");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}})",
                    "'x' of tensor");
  ExpectHeaderError(R"({"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}})",
                    "tensor 'a' is F8_E4M3: expected F64");
  ExpectHeaderError(R"({"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                    "'dtype' comes twice");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                    R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                    "'a' comes twice");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", "negative");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", "fraction");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})", "a list");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":{"b":2},"data_offsets":[0,8]}})", "an object");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}})", "a string");
  ExpectHeaderError(R"({"a":{"dtype":4,"shape":[2],"data_offsets":[0,8]}})", "a number");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":null,"data_offsets":[0,8]}})", "null");
  ExpectHeaderError(R"({"a":"F32"})", "a string");
  ExpectHeaderError(R"({"__metadata__":{"n":1}})", "a number");
  ExpectHeaderError(R"({"__metadata__":{"n":["x"]}})", "a list");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", "found 1");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", "has 8 bytes");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", "start at 0");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})",
                    "the 8 that there are");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                    "end with the tensors at byte 4");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", "start at 0");
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                    R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                    "start at 8");
  // Products that would wrap around 64 bits.
  ExpectHeaderError(
      R"({"a":{"dtype":"F64","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}})",
      "needs more than");
  ExpectHeaderError(R"({"a":{"dtype":"F64","shape":[18446744073709551615],"data_offsets":[0,8]}})",
                    "too large");
  ExpectError(BytesOf("{" + std::string(100000, '['), ""), "not JSON");
  ExpectHeaderError(R"({"a":)" + std::string(100000, '['), "a list");
}

// A header that names `count` tensors of no values.
std::string ManyTensors(int count) {
  std::string header = "{";
  for (int i = 0; i < count; ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i) +
              R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  }
  return header + "}";
}

TEST_F(Safetensors, NamesWhatIsHostileInOneShortPrintableLine) {
  EXPECT_EQ(Parse(BytesOf(ManyTensors(1000), "")).tensors.size(), 1000u);
  ExpectError(BytesOf(ManyTensors(1000000), ""), "announces more than 65536 tensors");
  std::string ones = "1";
  for (int i = 0; i < 100000; ++i) ones += ",1";
  ExpectHeaderError(R"({"a":{"dtype":"F32","shape":[)" + ones + R"(],"data_offsets":[0,8]}})",
                    "'shape' of 'a' has more than 8 numbers");
  const std::string name = "\\u001b[2J" + std::string(1000000, 'x');
  try {
    Parse(BytesOf(R"({")" + name + R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})",
                  std::string(8, '\0')));
    ADD_FAILURE() << "accepted";
  } catch (const DataError& error) {
    const std::string line = error.what();
    EXPECT_LT(line.size(), 400u);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_NE(line.find("?[2Jxxx"), std::string::npos) << line;
  }
}

TEST_F(Safetensors, ReadsOnlyRegularFiles) {
  for (const auto& [path, words] :
       {std::pair<std::string, std::string>{"/dev/zero", "not a regular file"},
        {folder_ / "", "it is a folder"},
        {folder_ / "missing", "No such file"}}) {
    try {
      ReadTensors(path);
      ADD_FAILURE() << "accepted " << path;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
}

// By IEEE 754's formula and by hand: 1, -2, the least above 0, the largest, a third, infinity.
TEST_F(Safetensors, SixteenBitsAreWidened) {
  const std::string half("\x00\x3c\x00\xc0\x01\x00\xff\x7b\x55\x35\x00\x7c", 12);
  const TensorFile file =
      Parse(BytesOf(R"({"a":{"dtype":"F16","shape":[6],"data_offsets":[0,12]}})", half));
  EXPECT_EQ(ToDoubles(file.tensors[0], "file"),
            (std::vector<double>{1, -2, std::ldexp(1, -24), 65504, 1365 / 4096.0, INFINITY}));
  const std::string upper("\x80\x3f\x40\xc0\x00\x00", 6);
  const TensorFile brain =
      Parse(BytesOf(R"({"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}})", upper));
  EXPECT_EQ(ToDoubles(brain.tensors[0], "file"), (std::vector<double>{1, -3, 0}));
}

TEST_F(Safetensors, SaysWhatAFileIsThatIsNone) {
  ExpectError("PK\x03\x04" + std::string(60, 'x'), "but a ZIP archive");
  ExpectError("PK\x03\x04" + std::string(60, 'x'), "safetensors.torch.save_file");
  ExpectError("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull");
  ExpectError("", "an empty file (expected at least 8 bytes");
  ExpectError(std::string("\x40\0\0\0\0\0\0\0{\"a\":", 13), "was cut short");
}

TEST_F(Safetensors, RefusesAFileOfManyGigabytesUnread) {
  // Sparse: 8 bytes of length and a header, then a hole.
  const std::string header =
      R"({"a":{"dtype":"U8","shape":[8589934592],"data_offsets":[0,8589934592]}})";
  std::ofstream(folder_ / "file", std::ios::binary) << BytesOf(header, "");
  std::filesystem::resize_file(folder_ / "file", 8 + header.size() + (std::uintmax_t{1} << 33));
  EXPECT_THROW(ReadTensors(folder_ / "file"), DataError);
}

}  // namespace
}  // namespace normlab
