#include "files.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "base/file.h"

namespace normlab {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = std::filesystem::temp_directory_path() / "normlab-data-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string TemporaryFolder::Write(std::string_view name, std::string_view bytes) const {
  const std::string path = *this / name;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

ScopedVariable::ScopedVariable(const char* name, const char* value) : name_(name) {
  const char* before = std::getenv(name);
  was_set_ = before != nullptr;
  if (was_set_) before_ = before;
  value ? setenv(name, value, 1) : unsetenv(name);
}

ScopedVariable::~ScopedVariable() {
  was_set_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_);
}

std::string BigEndian32(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string IdxImages(std::uint32_t count, std::uint32_t rows, std::uint32_t columns) {
  std::string bytes =
      BigEndian32(0x803) + BigEndian32(count) + BigEndian32(rows) + BigEndian32(columns);
  for (std::uint32_t i = 0; i < count * rows * columns; ++i) bytes += static_cast<char>(i * 31);
  return bytes;
}

std::string IdxLabels(std::uint32_t count) {
  std::string bytes = BigEndian32(0x801) + BigEndian32(count);
  for (std::uint32_t i = 0; i < count; ++i) bytes += static_cast<char>(i % 10);
  return bytes;
}

std::string CifarRecords(int count, int first) {
  std::string bytes;
  for (int record = first; record < first + count; ++record) {
    bytes += static_cast<char>(record % 10);
    for (int i = 0; i < 3072; ++i) bytes += static_cast<char>(7 * record + i);
  }
  return bytes;
}

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

void WriteTarGz(const std::string& path, const Members& members) {
  archive* writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_ustar(writer);
  ASSERT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
  for (const auto& [name, bytes] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    EXPECT_EQ(archive_write_header(writer, entry), ARCHIVE_OK);
    EXPECT_EQ(archive_write_data(writer, bytes.data(), bytes.size()),
              static_cast<la_ssize_t>(bytes.size()));
    archive_entry_free(entry);
  }
  EXPECT_EQ(archive_write_close(writer), ARCHIVE_OK);
  archive_write_free(writer);
}

Members CifarBinaryMembers(const std::string& folder) {
  // The published archives do not hold the batches in order either.
  Members members;
  for (const int batch : {4, 1, 5, 2, 3}) {
    members.emplace_back(folder + "/data_batch_" + std::to_string(batch) + ".bin",
                         CifarRecords(2, 2 * batch));
  }
  members.emplace_back(folder + "/batches.meta.txt", "airplane\n");
  members.emplace_back(folder + "/test_batch.bin", CifarRecords(3, 0));
  return members;
}

void WriteSmallMnist(const TemporaryFolder& folder, const std::string& below) {
  folder.Write(below + "/train-images-idx3-ubyte", IdxImages(20));
  folder.Write(below + "/train-labels-idx1-ubyte", IdxLabels(20));
  folder.Write(below + "/t10k-images-idx3-ubyte.gz", Gzip(IdxImages(10)));
  folder.Write(below + "/t10k-labels-idx1-ubyte.gz", Gzip(IdxLabels(10)));
}

std::string Golden(std::string_view name) {
  return ReadFile(std::string(NORMLAB_TEST_DIR "/data/golden/") + std::string(name) + ".pickle");
}

std::string DataErrorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& error) {
    const std::string line = error.what();
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    return line;
  }
  ADD_FAILURE() << "no DataError";
  return "";
}

}  // namespace normlab
