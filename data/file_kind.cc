#include "data/file_kind.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"

namespace normlab {
namespace {

using namespace std::string_view_literals;

struct Mark {
  std::size_t offset;
  std::string_view bytes;
  FileKind kind;
};

constexpr FileUse kPicture = FileUse::kPicture, kForeign = FileUse::kForeign,
                  kOther = FileUse::kOther;

// The longer of two marks first where one begins the other.
constexpr Mark kMarks[] = {
    {0, "\x89PNG\r\n\x1a\n"sv, {kPicture, "PNG"}},
    {0, "\xff\xd8\xff"sv, {kPicture, "JPEG"}},
    {0, "GIF87a"sv, {kForeign, "GIF"}},
    {0, "GIF89a"sv, {kForeign, "GIF"}},
    {0, "BM"sv, {kForeign, "BMP"}},
    {8, "CR\x02\0"sv, {kForeign, "camera raw picture"}},
    {0, "II*\0"sv, {kForeign, "TIFF"}},
    {0, "MM\0*"sv, {kForeign, "TIFF"}},
    {0, "II+\0"sv, {kForeign, "TIFF"}},
    {0, "MM\0+"sv, {kForeign, "TIFF"}},
    {0, "IIU\0"sv, {kForeign, "camera raw picture"}},
    {0, "IIRO"sv, {kForeign, "camera raw picture"}},
    {0, "IIRS"sv, {kForeign, "camera raw picture"}},
    {0, "FUJIFILMCCD-RAW"sv, {kForeign, "camera raw picture"}},
    {0, "FOVb"sv, {kForeign, "camera raw picture"}},
    {4, "ftypavif"sv, {kForeign, "AVIF"}},
    {4, "ftypavis"sv, {kForeign, "AVIF"}},
    {4, "ftypheic"sv, {kForeign, "HEIC"}},
    {4, "ftypheix"sv, {kForeign, "HEIC"}},
    {4, "ftyphevc"sv, {kForeign, "HEIC"}},
    {4, "ftyphevx"sv, {kForeign, "HEIC"}},
    {4, "ftypheim"sv, {kForeign, "HEIC"}},
    {4, "ftypheis"sv, {kForeign, "HEIC"}},
    {4, "ftypmif1"sv, {kForeign, "HEIC"}},
    {4, "ftypmsf1"sv, {kForeign, "HEIC"}},
    {4, "ftypcrx "sv, {kForeign, "camera raw picture"}},
    {4, "ftyp"sv, {kOther, "video"}},
    {0, "\0\0\0\x0cjP  "sv, {kForeign, "JPEG 2000"}},
    {0, "\xff\x4f\xff\x51"sv, {kForeign, "JPEG 2000"}},
    {0, "\xff\x0a"sv, {kForeign, "JPEG XL"}},
    {0, "\0\0\0\x0cJXL "sv, {kForeign, "JPEG XL"}},
    {0, "\x97JB2\r\n\x1a\n"sv, {kForeign, "JBIG2"}},
    {0, "\x8aMNG\r\n\x1a\n"sv, {kForeign, "MNG"}},
    {0, "\x8bJNG\r\n\x1a\n"sv, {kForeign, "JNG"}},
    {0, "8BPS"sv, {kForeign, "PSD"}},
    {0, "gimp xcf"sv, {kForeign, "XCF"}},
    {0, "\0\0\1\0"sv, {kForeign, "icon"}},
    {0, "\0\0\2\0"sv, {kForeign, "TGA"}},
    {0, "qoif"sv, {kForeign, "QOI"}},
    {0, "DDS "sv, {kForeign, "DDS"}},
    {0, "\x76\x2f\x31\x01"sv, {kForeign, "OpenEXR"}},
    {0, "#?RADIANCE"sv, {kForeign, "Radiance HDR"}},
    {0, "#?RGBE"sv, {kForeign, "Radiance HDR"}},
    {0, "farbfeld"sv, {kForeign, "farbfeld picture"}},
    {0, "SIMPLE  ="sv, {kForeign, "FITS"}},
    {0, "\x0a\x05\x01"sv, {kForeign, "PCX"}},
    {0, "\x01\xda"sv, {kForeign, "SGI picture"}},
    {0, "\x59\xa6\x6a\x95"sv, {kForeign, "Sun raster picture"}},
    {128, "DICM"sv, {kForeign, "DICOM"}},
    {0, "%PDF"sv, {kOther, "PDF"}},
    {0, "%!PS"sv, {kOther, "PostScript file"}},
    {0, "\0\5\x16\7"sv, {kOther, "AppleDouble file"}},
    {0, "PK\3\4"sv, {kOther, "ZIP archive"}},
    {0, "PK\5\6"sv, {kOther, "ZIP archive"}},
    {0, "\x1f\x8b"sv, {kOther, "gzip file"}},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     {kOther, "xz file"}},
    {0, "BZh"sv, {kOther, "bzip2 file"}},
    {0, "\x28\xb5\x2f\xfd"sv, {kOther, "zstd file"}},
    {0, "7z\xbc\xaf\x27\x1c"sv, {kOther, "7z archive"}},
    {0, "Rar!\x1a\7"sv, {kOther, "RAR archive"}},
    {257, "ustar"sv, {kOther, "tar archive"}},
    {0, "\x93NUMPY"sv, {kOther, "NumPy array"}},
    {0, "\x89HDF\r\n\x1a\n"sv, {kOther, "HDF5 file"}},
    {0, "SQLite format 3"sv, {kOther, "SQLite file"}},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, {kOther, "OLE file"}},
    {0, "\x1a\x45\xdf\xa3"sv, {kOther, "video"}},
    {0, "ID3"sv, {kOther, "audio file"}},
    {0, "OggS"sv, {kOther, "audio file"}},
    {0, "version https://git-lfs.github.com/spec/"sv, {kOther, "Git LFS pointer"}},
    {0, "version https://hawser.github.com/spec/"sv, {kOther, "Git LFS pointer"}},
};

// UTF-8 without control characters but for white space. A character that is cut by the end of a
// whole beginning is none that is wrong.
bool IsText(std::string_view start) {
  const bool cut = start.size() == kKindBytes;
  while (!start.empty()) {
    const std::size_t length = Utf8Length(start);
    if (length == 0) return cut && start.size() < 4 && (start[0] & 0xC0) == 0xC0;
    const auto first = static_cast<unsigned char>(start[0]);
    if (first == 0x7F || (first < 0x20 && (first < '\t' || first > '\r'))) return false;
    start.remove_prefix(length);
  }
  return true;
}

// PBM, PGM, PPM and PAM begin like a word: a digit and white space make the difference.
bool IsNetpbm(std::string_view start) {
  constexpr std::string_view kSpace = " \t\r\n";
  return start.size() > 2 && start[0] == 'P' && start[1] >= '1' && start[1] <= '7' &&
         kSpace.find(start[2]) != std::string_view::npos;
}

FileKind KindOfRiff(std::string_view form) {
  if (form.starts_with("WEBP")) return {kForeign, "WebP"};
  if (form.starts_with("AVI ")) return {kOther, "video"};
  return {kOther, "audio file"};
}

FileKind KindOfText(std::string_view start) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (start.starts_with(kByteOrderMark)) start.remove_prefix(kByteOrderMark.size());
  const std::size_t first = start.find_first_not_of(" \t\r\n");
  const std::string text = Lowered(start.substr(std::min(first, start.size())));
  if (text.find("<svg") != std::string::npos) return {kForeign, "SVG"};
  if (text.starts_with("<!doctype html") || text.starts_with("<html")) {
    return {kOther, "HTML page"};
  }
  return {kOther, "text file"};
}

}  // namespace

FileKind KindOfBytes(std::string_view start) {
  start = start.substr(0, kKindBytes);
  if (start.empty()) return {kOther, "empty file"};
  const bool text = IsText(start);
  for (const Mark& mark : kMarks) {
    const bool may_be_a_word = text && mark.bytes.size() < 4;
    if (!may_be_a_word && start.size() >= mark.offset &&
        start.substr(mark.offset).starts_with(mark.bytes)) {
      return mark.kind;
    }
  }
  if (!text && start.starts_with("RIFF") && start.size() >= 12) return KindOfRiff(start.substr(8));
  if (IsNetpbm(start)) return {kForeign, "Netpbm picture"};
  if (text) return KindOfText(start);
  return {kOther, "file of an unknown kind"};
}

FileKind KindOfFile(FileBytes& file) {
  const std::string_view start = file.At(0, kKindBytes);
  return file.unreadable() ? FileKind{kOther, "unreadable file"} : KindOfBytes(start);
}

bool IsPictureName(std::string_view name) {
  constexpr std::string_view kEndings[] = {".png",  ".apng", ".jpg",   ".jpeg", ".jpe",
                                           ".jfif", ".jif",  ".pjpeg", ".pjp"};
  const std::string lowered = Lowered(name);
  return std::ranges::any_of(kEndings,
                             [&](std::string_view ending) { return lowered.ends_with(ending); });
}

bool IsLitter(std::string_view name) {
  constexpr std::string_view kNames[] = {
      "thumbs.db",  "ehthumbs.db", "desktop.ini",  "@eadir",
      "__macosx",   "#recycle",    "$recycle.bin", "system volume information",
      "lost+found", "icon\r"};
  const std::string lowered = Lowered(name);
  return lowered.starts_with('.') || lowered.ends_with(":zone.identifier") ||
         lowered.starts_with("thumbs.db:") ||
         std::ranges::find(kNames, lowered) != std::end(kNames);
}

}  // namespace normlab
