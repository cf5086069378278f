#!/usr/bin/env bash
# Installs what building and running Terpsi needs, and fills .deps/ with third-party sources. Usage:
#   tools/setup.sh            for building and running the executable and the page
#   tools/setup.sh --native   for the executable alone
#   tools/setup.sh --tests    for everything, and what tools/test.sh needs (Chromium, clang-format, numpy, PyTorch, ...)
# May be run again at any time; when nothing is missing it takes well under a second. Messages go to stderr.
# What is fetched, in which version and under which licence: docs/dependencies.md.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
deps="$root/.deps"

# What is needed: the Debian package and, for people on other systems, what it brings. One table, so that the list for
# other systems is complete.
build_table="
build-essential       a C++20 compiler, make
cmake                 CMake >= 3.22
ninja-build           Ninja
pkg-config            pkg-config
ccache                ccache
git                   git
ca-certificates       root certificates
patch                 patch
xz-utils              xz
libeigen3-dev         Eigen 3.4
nlohmann-json3-dev    nlohmann-json 3.11
doctest-dev           doctest 2.4
libcli11-dev          CLI11 2.x
libsndfile1-dev       libsndfile 1.2 with MP3 and Opus
libsqlite3-dev        SQLite 3
libnats-dev           the NATS C client 3
libseccomp-dev        libseccomp 2.5
libpng-dev            libpng 1.6
zlib1g-dev            zlib
python3               Python >= 3.10
"
# For the page alone.
page_table="
emscripten            Emscripten >= 3.1.6
node-acorn            acorn, for Emscripten
fonts-inter           the font Inter, for the letters of the view
python3-fonttools     fontTools
"
# Tests that need a package of this list are skipped, and counted as skipped, where the system does not have it.
test_table="
chromium              Chromium
clang-format-14       clang-format 14
python3-venv          Python's venv
python3-pip           pip
python3-numpy         NumPy
python3-scipy         SciPy
python3-pytest        pytest
python3-torch         PyTorch
python3-onnx          onnx
python3-mido          mido
python3-yaml          PyYAML
python3-jsonschema    jsonschema
nats-server           the NATS server 2
curl                  curl
"

# Raised when the way the sources below are unpacked changes; see fill_deps.
deps_layout=1
# Source packages: name, upstream version we build with, sha256 of the upstream archive.
source_packages=(
  "imgui 1.90.1+ds ecce377df0f90b292f15dcbd83d438bddc162b2388c881132bde18c787572a1c"
  "kissfft 131.1.0 76c1aac87ddb7258f34b08a13f0eebf9e53afa299857568346aa5c82bcafaf1a"
  "cpp-httplib 0.18.7 c88f6495da71e778c82c22995b547a92ceb41cc4016f9028df67106a24b9210d")
ort_version=1.30.0
ort_sha256=6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75

first_column() { awk 'NF { print $1 }' <<<"$1"; }
second_column() { sed -n 's/^[^ ][^ ]* */  /p' <<<"$1"; }

say() { printf '[setup] %s\n' "$*" >&2; }
die() {
  printf '[setup] %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif command -v sudo >/dev/null; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    die "Root rights are needed for: $*. Install sudo, or run this command as root, then start again."
  fi
}

# ---- The system ------------------------------------------------------------------------------------------------

system="" codename="" system_name="this system"
check_system() {
  if [ -r /etc/os-release ]; then
    local ID="" ID_LIKE="" VERSION_CODENAME="" UBUNTU_CODENAME="" PRETTY_NAME=""
    # shellcheck disable=SC1091
    . /etc/os-release
    system_name="${PRETTY_NAME:-$ID}"
    case " $ID $ID_LIKE " in
      *" ubuntu "*) system=ubuntu codename="${UBUNTU_CODENAME:-$VERSION_CODENAME}" ;;
      *" debian "*) system=debian codename="$VERSION_CODENAME" ;;
    esac
  fi
  if [ -z "$system" ] || ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    cat >&2 <<END
[setup] This script knows Debian and Ubuntu; ${system_name} is neither. Please install:
$(second_column "$build_table")
$(second_column "$page_table")
  Node.js >= 18 with npm
and put into .deps/: the sources of $(printf '%s\n' "${source_packages[@]}" | awk '{ printf "%s %s, ", $1, $2 }')
and, in .deps/onnxruntime/, include/ and lib/libonnxruntime.so.1 of ONNX Runtime ${ort_version}.
The tests also need:
$(second_column "$test_table")
  in a virtual environment at .cache/venv: tools/requirements-tests.txt
END
    exit 1
  fi
  case "$(uname -m)" in
    x86_64 | aarch64) ;;
    *) die "ONNX Runtime is packaged for x86-64 and arm64 only, this is $(uname -m)." ;;
  esac
}

# ---- Debian packages -------------------------------------------------------------------------------------------

missing_packages() {  # prints those of its arguments that are not installed
  local have package
  # dpkg-query fails when it does not know one of the names; it still prints the others.
  have=" $({ dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null || true; } |
    sed -n 's/^ii *//p' | tr '\n' ' ') "
  for package in "$@"; do
    [[ "$have" == *" $package "* ]] || printf '%s\n' "$package"
  done
}

apt_updated=no
apt_update() {
  [ "$apt_updated" = yes ] && return
  say "Refreshing the package lists"
  as_root apt-get update -qq >&2 || say "apt-get update reported a problem; going on with the lists that are there"
  apt_updated=yes
}

install_packages() {
  [ $# -eq 0 ] && return
  apt_update
  say "Installing: $*"
  as_root apt-get install -y -qq --no-install-recommends "$@" >&2
}

install_build_packages() {
  local missing wanted="$build_table"
  [ "$what" = native ] || wanted+="$page_table"
  # shellcheck disable=SC2046
  mapfile -t missing < <(missing_packages $(first_column "$wanted"))
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  install_packages "${missing[@]}"
  local node_major
  node_major="$(node --version | sed 's/^v\([0-9]*\).*/\1/')"
  [ "$node_major" -ge 18 ] || die "Node.js $(node --version) is too old: 18 or newer is needed."
}

install_test_packages() {
  local missing available=() absent=()
  # shellcheck disable=SC2046
  mapfile -t missing < <(missing_packages $(first_column "$test_table"))
  [ ${#missing[@]} -eq 0 ] && return
  apt_update
  for package in "${missing[@]}"; do
    if apt-get install -s -qq --no-install-recommends "$package" >/dev/null 2>&1; then
      available+=("$package")
    else
      absent+=("$package")
    fi
  done
  install_packages "${available[@]}"
  [ ${#absent[@]} -eq 0 ] || say "Not to be had on ${system_name}, their tests will be skipped: ${absent[*]}"
}

# ---- Source packages -------------------------------------------------------------------------------------------
# They come from a newer suite of the archive that this machine already uses, through a private apt configuration:
# the system's own sources and lists are left alone, apt checks signatures, and we check the sums above.

private_apt=()
use_suite() {  # suite, work folder
  local archive keyring="" file
  archive="$(apt-get indextargets 'Created-By: Packages' --format '$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' |
    awk -F'|' -v origin="$system" -v code="$codename" 'tolower($1) == origin && $2 == code && $3 == "main" { print $4; exit }')"
  [ -n "$archive" ] || return 1
  for file in /usr/share/keyrings/"$system"-archive-keyring.{gpg,pgp}; do
    [ -r "$file" ] && keyring="Signed-By: $file"
  done
  local components=main
  [ "$system" = debian ] || components="main universe"
  mkdir -p "$2/lists/partial" "$2/cache/archives/partial"
  printf '%s\n' "Types: deb deb-src" "URIs: $archive" "Suites: $1" "Components: $components" ${keyring:+"$keyring"} \
    >"$2/private.sources"
  private_apt=(apt-get -qq -o "Dir::Etc::sourcelist=$2/private.sources" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$2/lists" -o "Dir::Cache=$2/cache" -o APT::Sandbox::User=root
    -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false)
  "${private_apt[@]}" update >&2
}

has_archives() {  # name, folder
  [ -n "$(find "$2" -name "${1}_*.orig.tar.*" ! -name '*.asc')" ] && [ -n "$(find "$2" -name "${1}_*.debian.tar.*")" ]
}

unpack_source() {  # name, version, sha256; in the current folder. Puts the patched source into ./<name>/
  local name="$1" archive version
  archive="$(find . -maxdepth 1 -name "${name}_*.orig.tar.*" ! -name '*.asc' | head -n 1)"
  version="${archive#./"${name}"_}" version="${version%.orig.tar.*}"
  if [ "$version" != "$2" ]; then
    say "Note: $name $version is newer or older than the version we build with ($2)"
  elif ! printf '%s  %s\n' "$3" "$archive" | sha256sum --check --status; then
    die "$name $version does not have the expected sha256 sum; it may have been tampered with. Nothing was installed."
  fi
  mkdir "$name"
  tar -xf "$archive" -C "$name" --strip-components=1
  tar -xf "${name}"_*.debian.tar.* -C "$name"
  local series="$name/debian/patches/series" line
  [ -r "$series" ] || return 0
  while read -r line _; do
    case "$line" in "" | "#"*) continue ;; esac
    patch -d "$name" -p1 -s -f <"$name/debian/patches/$line" >&2
  done <"$series"
}

fetch_sources() {  # work folder: imgui/, kissfft/, cpp-httplib/ and ort_headers/ appear in it
  local work="$1" suites suite entry name version sum
  case "$system" in
    debian) suites="trixie forky sid $codename" ;;
    ubuntu) suites="resolute questing plucky $codename" ;;
  esac
  apt-get indextargets 'Created-By: Packages' --format '$(ORIGIN)' | grep -qi "^$system$" || apt_update
  local wanted=("${source_packages[@]}") left
  for suite in $suites; do
    [ ${#wanted[@]} -eq 0 ] && [ -d "$work/ort_headers" ] && return
    say "Fetching sources of third-party code (suite $suite)"
    mkdir -p "$work/$suite"
    use_suite "$suite" "$work/$suite" || continue
    left=()
    for entry in "${wanted[@]}"; do
      read -r name version sum <<<"$entry"
      mkdir -p "$work/$suite/$name"
      # A mirror that lacks the .dsc file makes apt report an error; what counts is that the archives are there.
      (cd "$work/$suite/$name" && "${private_apt[@]}" source --download-only "$name" >/dev/null 2>"$work/apt.log" || true)
      if has_archives "$name" "$work/$suite/$name"; then
        (cd "$work/$suite/$name" && unpack_source "$name" "$version" "$sum")
        mv "$work/$suite/$name/$name" "$work/$name"
      else
        left+=("$entry")
      fi
    done
    wanted=("${left[@]}")
    if [ ! -d "$work/ort_headers" ] && (cd "$work/$suite" && "${private_apt[@]}" download libonnxruntime-dev >&2); then
      dpkg-deb -x "$work/$suite"/libonnxruntime-dev_*.deb "$work/$suite/ort"
      mkdir "$work/ort_headers"
      find "$work/$suite/ort/usr/include" -name 'onnxruntime_*.h' -exec cp {} "$work/ort_headers/" \;
    fi
  done
  [ ${#wanted[@]} -eq 0 ] && [ -d "$work/ort_headers" ] && return
  [ -s "$work/apt.log" ] && tail -n 5 "$work/apt.log" >&2
  die "Not found in the package archive of ${system_name}: ${wanted[*]%% *}. Check the network and 'apt-get update', then start again."
}

# ---- ONNX Runtime ----------------------------------------------------------------------------------------------
# The shared library comes in the npm package onnxruntime-node, which is only unpacked: none of its scripts runs.

fetch_onnxruntime() {  # work folder: onnxruntime/{include,lib} appears in it
  local work="$1" arch=x64
  [ "$(uname -m)" = aarch64 ] && arch=arm64
  say "Fetching ONNX Runtime ${ort_version} (about 110 MB)"
  mkdir -p "$work/npm" "$work/onnxruntime/lib" "$work/onnxruntime/include"
  (cd "$work/npm" && npm pack --silent --ignore-scripts "onnxruntime-node@${ort_version}" >&2)
  printf '%s  %s\n' "$ort_sha256" "$work/npm/onnxruntime-node-${ort_version}.tgz" | sha256sum --check --status ||
    die "onnxruntime-node ${ort_version} does not have the expected sha256 sum. Nothing was installed."
  tar -xzf "$work/npm/onnxruntime-node-${ort_version}.tgz" -C "$work/npm" "package/bin/napi-v6/linux/$arch"
  cp "$work/npm/package/bin/napi-v6/linux/$arch"/libonnxruntime*.so* "$work/onnxruntime/lib/"
  cp "$work/ort_headers"/*.h "$work/onnxruntime/include/"
}

fill_deps() {
  local stamp want work name
  # Only versions and sums count, so that an edit elsewhere in this script does not fetch 110 MB anew.
  want="$(printf '%s\n' "$deps_layout" "${source_packages[@]}" "$ort_version" "$ort_sha256" | sha256sum)"
  stamp="$deps/.stamp"
  [ -r "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return
  mkdir -p "$deps"
  work="$(mktemp -d "$deps/.work.XXXXXX")"
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  fetch_sources "$work"
  fetch_onnxruntime "$work"
  for name in imgui kissfft cpp-httplib onnxruntime; do
    rm -rf "${deps:?}/$name"
    mv "$work/$name" "$deps/$name"
  done
  printf '%s\n' "$want" >"$stamp"
  rm -rf "$work"
  trap - EXIT
}

# ---- Python packages that Debian lacks ------------------------------------------------------------------------
# They go into .cache/venv, which sees the system's packages too. Without a network the tests that need them are skipped.

install_python_packages() {
  local venv="$root/.cache/venv" list="$root/tools/requirements-tests.txt" want
  want="$(sha256sum <"$list")"
  [ -r "$venv/.stamp" ] && [ "$(cat "$venv/.stamp")" = "$want" ] && return
  say "Installing Python packages for the tests"
  local package absent=()
  /usr/bin/python3 -m venv --clear --system-site-packages "$venv" >&2 || absent+=("a virtual environment")
  # --no-deps: the list is complete, and Debian's protobuf, which its onnx was built for, stays in place.
  for package in $(grep -v '^#' "$list"); do
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 --only-binary=:all: --no-deps \
      "$package" >&2 || absent+=("$package")
  done
  if [ ${#absent[@]} -eq 0 ]; then
    printf '%s\n' "$want" >"$venv/.stamp"
  else
    say "Not to be had, their tests will be skipped: ${absent[*]}"
  fi
}

# ---- The page's npm packages -----------------------------------------------------------------------------------

install_web_packages() {
  local lock="$root/web/package-lock.json" stamp="$root/web/node_modules/.terpsi-stamp" want
  [ -r "$root/web/package.json" ] || return 0
  [ -r "$lock" ] || die "web/package-lock.json is missing: the page's packages must be pinned."
  want="$(sha256sum <"$lock")"
  [ -r "$stamp" ] && [ "$(cat "$stamp")" = "$want" ] && return
  say "Installing the page's npm packages"
  local options=(--prefix "$root/web" --ignore-scripts --no-audit --no-fund --loglevel=error)
  # npm ci refuses a lock file in which an optional package of another platform is absent (some archives lack them);
  # the second form installs exactly the locked versions too, and leaves the lock file as it is.
  npm ci "${options[@]}" >/dev/null 2>&1 || npm install --no-save "${options[@]}" >&2
  printf '%s\n' "$want" >"$stamp"
}

# ---- Main ------------------------------------------------------------------------------------------------------

what=page
case "${1:-}" in
  "") ;;
  --native) what=native ;;
  --tests) what=tests ;;
  -h | --help)
    sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *) die "Unknown option $1. Usage: tools/setup.sh [--native | --tests]" ;;
esac

check_system
mkdir -p "$deps"
exec 9>"$deps/.lock"
flock 9 # two set-ups at once would disturb each other
install_build_packages
if [ "$what" = tests ]; then
  install_test_packages
  install_python_packages
fi
fill_deps
[ "$what" = native ] || install_web_packages
