# Sourced by quickstart and check: Debian 12's packages, and the Release build in build/.
# shellcheck shell=bash disable=SC2034

build_packages=(
  g++ cmake ninja-build pkg-config
  libhwy-dev libfmt-dev libcli11-dev libtomlplusplus-dev nlohmann-json3-dev
  zlib1g-dev libpng-dev libjpeg62-turbo-dev libarchive-dev libssl-dev libcurl4-openssl-dev
  libicu-dev libboost-dev libeigen3-dev libcpp-httplib-dev ocl-icd-opencl-dev)
run_packages=(gnuplot-nox dataset-fashion-mnist ca-certificates)
test_packages=(pocl-opencl-icd libgtest-dev libgmock-dev curl jupyter-nbconvert python3-ipykernel python3-matplotlib)
full_packages=(
  clang-format-14 shellcheck libdnnl-dev
  python3 python3-numpy python3-pil python3-tqdm python3-torch python3-torchvision
  python3-scipy python3-statsmodels
  chromium chromium-driver python3-selenium poppler-utils)

fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

apt() {
  local -a as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"
}

# Package lists that are absent or older than the mirror are the two ways in which a first try fails.
install_packages() {
  local log=$1
  shift
  if compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null &&
    apt install -y --no-install-recommends "$@" >"$log" 2>&1; then
    return
  fi
  apt update >"$log" 2>&1 && apt install -y --no-install-recommends "$@" >>"$log" 2>&1
}

# Installs those of the packages that are missing, in one go.
need_packages() {
  local -a missing=()
  local package
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this is not Debian: install the equivalents of: $*; then: cmake -B build && cmake --build build"
  fi
  for package; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null ||
    fail "packages are missing and neither root nor sudo is at hand; as root: apt-get install ${missing[*]}"
  echo "Installing ${#missing[@]} of Debian's packages: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! install_packages "$log" "${missing[@]}"; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install: ${missing[*]}"
  fi
  rm -f "$log"
}

# Debian's node only where none is there: many have a newer one.
need_node() {
  local version
  version=$(node --version 2>/dev/null || true)
  version=${version#v}
  if [ -n "$version" ] && [ "${version%%.*}" -ge 18 ] && command -v npm >/dev/null; then
    return
  fi
  need_packages nodejs npm
}

# web_packages [--omit=dev]: what web/package-lock.json names, in web/node_modules, unless it lies
# there already. The only step of a build that asks a network beside Debian's.
web_packages() {
  local stamp=web/node_modules/.normlab lock log
  lock=$(cksum <web/package-lock.json)
  if [ -f "$stamp" ]; then
    case $(cat "$stamp") in
      "$lock" | "$lock $*") return ;;
    esac
  fi
  need_node
  log=$(mktemp)
  if ! npm ci --prefix web --ignore-scripts "$@" >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
  echo "$lock${1:+ $1}" >"$stamp"
}

# configure FOLDER [CMake arguments]: a folder that another checkout or another generator has
# configured is configured afresh.
configure() {
  local folder=$1
  shift
  local -a fresh=()
  if [ -f "$folder/CMakeCache.txt" ] &&
    ! { grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt" &&
      grep -qxF 'CMAKE_GENERATOR:INTERNAL=Ninja' "$folder/CMakeCache.txt"; }; then
    fresh=(--fresh)
  fi
  cmake "${fresh[@]}" -S . -B "$folder" -G Ninja --log-level=WARNING "$@" >/dev/null
}

build() {
  local folder=$1
  shift
  cmake --build "$folder" --parallel "$(nproc)" "$@"
}
