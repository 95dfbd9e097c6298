#include "report/notebook/notebook_pictures.h"

#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/file.h"
#include "base/text_file.h"
#include "records/csv.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

std::string Base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a zero
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

// Four bytes, the highest first (PNG, section 7.1).
int Number(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return static_cast<int>(std::min<std::uint32_t>(value, std::numeric_limits<int>::max()));
}

std::optional<NotebookGallery> ReadGallery(const fs::path& path) {
  try {
    const CsvTable table(path.string(), ReadTextFile(path.string()));
    const std::size_t index = table.Column("index"),
                      probability = table.Column("prediction_probability");
    NotebookGallery gallery{(path.parent_path() / path.stem()).string() + ".png", {}};
    for (std::size_t row = 0; row < table.rows(); ++row) {
      gallery.misses.emplace_back(table.Integer(row, index, 0, std::numeric_limits<int>::max()),
                                  table.Number(row, probability));
    }
    return gallery;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<NotebookPicture> ReadNotebookPicture(const std::string& path) {
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";
  constexpr std::size_t kHeader = 24, kLargest = std::size_t{1} << 25;
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > kLargest || error) {
    return std::nullopt;
  }
  try {
    const std::string bytes = ReadFile(path);
    if (bytes.size() < kHeader || !bytes.starts_with(kSignature)) return std::nullopt;
    return NotebookPicture{Base64(bytes), Number(bytes, 16) / 2, Number(bytes, 20) / 2};
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool NotebookGallery::Shows(const std::vector<ErrorRow>& rows) const {
  return std::ranges::equal(misses, rows, [](const auto& miss, const ErrorRow& row) {
    return miss.first == row.index && miss.second == row.prediction_probability;
  });
}

std::vector<NotebookGallery> FindNotebookGalleries(const std::string& figures) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(figures, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("misclassified-") && name.ends_with(".csv")) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<NotebookGallery> galleries;
  for (const fs::path& path : paths) {
    if (std::optional<NotebookGallery> gallery = ReadGallery(path)) {
      galleries.push_back(std::move(*gallery));
    }
  }
  return galleries;
}

}  // namespace normlab
