// Alone in its file: it is compiled again whenever the revision changes.
#include "study/build_info.h"

#include "revision.h"

namespace normlab {
namespace {

#if defined(__clang__)
constexpr char kCompiler[] = "Clang " __clang_version__ ", " NORMLAB_BUILD_TYPE;
#else
constexpr char kCompiler[] = "GCC " __VERSION__ ", " NORMLAB_BUILD_TYPE;
#endif

}  // namespace

BuildInfo ThisBuild() { return {NORMLAB_VERSION, kRevision, kCompiler}; }

}  // namespace normlab
