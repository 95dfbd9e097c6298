#include "base/system_advice.h"

#include <cerrno>

namespace normlab {
namespace {

const char* AdviceOn(int error) {
  switch (error) {
    case ENOENT:
      return "look at its name and its folder, or name another";
    case EACCES:
    case EPERM:
      return "give yourself leave (chmod, chown), or name another place";
    case ENOTDIR:
      return "a part of its path is a file: name another place";
    case EISDIR:
      return "name a file, or another place";
    case EEXIST:
      return "move it, or name another place";
    case ENOSPC:
      return "make room, or name a folder on another disk";
    case EDQUOT:
      return "make room within your quota, or name a folder on another disk";
    case EFBIG:
      return "allow larger files (ulimit -f), or name a folder on another disk";
    case EROFS:
      return "name a folder on another disk";
    case EMFILE:
    case ENFILE:
      return "allow more open files (ulimit -n)";
    case ENAMETOOLONG:
      return "take a shorter name";
    case ELOOP:
      return "its links lead in a circle: name the file itself";
    case EIO:
      return "is its disk damaged, or has it gone?";
    case ENOMEM:
      return "allow more memory, or end other programs";
    default:
      return "normlab doctor looks at what this machine has";
  }
}

}  // namespace

std::string SystemReason(int error) { return SystemReason({error, std::generic_category()}); }

std::string SystemReason(const std::error_code& error) {
  return error.message() + "; " + AdviceOn(error.value());
}

}  // namespace normlab
