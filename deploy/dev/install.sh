#!/usr/bin/env bash
# Installs what building Weir needs on a bare Debian 12. Safe to run again: what is there stays.
#
#   deploy/dev/install.sh           compiler, libraries, the ANTLR tool
#   deploy/dev/install.sh --tests   also the Python packages of the tests
#
# Debian packages need root or sudo; without either it prints the command to run by hand.
# Everything else goes into the user's cache folder (${XDG_CACHE_HOME:-~/.cache}/weir).
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/weir"

build_packages=(
  make cmake ninja-build g++ ccache mold pkg-config git python3
  libfmt-dev libabsl-dev libxxhash-dev libre2-dev libssl-dev
  libsimdjson-dev libzstd-dev zlib1g-dev nlohmann-json3-dev libcli11-dev libjemalloc-dev
  libantlr4-runtime-dev uuid-dev librdkafka-dev librocksdb-dev
)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev python3-venv)

antlr_version=4.9.2
antlr_jar="antlr4-${antlr_version}-complete.jar"
antlr_sha256=bb117b1476691dc2915a318efd36f8957c0ad93447fb1dac01107eb15fe137cd

say() { printf '[install] %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

is_installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null)" == ii* ]]
}

# Prints the prefix that makes a command run as root; fails when there is none.
root_prefix() {
  if [[ $EUID -eq 0 ]]; then
    echo env
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
    echo sudo
  else
    return 1
  fi
}

apt_knows() {
  apt-cache show --no-all-versions "$@" >/dev/null 2>&1
}

install_packages() {
  local missing=() package prefix
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    say "Debian packages: all $# are there"
    return
  fi
  if ! prefix="$(root_prefix)"; then
    say "Debian packages are missing and this user is neither root nor allowed to use sudo."
    say "Please have these two commands run as root, then start again:"
    printf '  apt-get update\n  apt-get install -y --no-install-recommends %s\n' \
      "${missing[*]}" >&2
    exit 1
  fi
  say "Debian packages to install (${#missing[@]}): ${missing[*]}"
  # RUNLEVEL=1: no package starts a daemon.
  local apt=("$prefix" DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q
             -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  if apt_knows "${missing[@]}" &&
     "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2; then
    say "Debian packages: installed"
    return
  fi
  # The lists of a fresh image are absent; old ones name files that are gone.
  say "updating apt's package lists"
  "${apt[@]}" update >&2
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2
  say "Debian packages: installed"
}

has_digest() {
  [[ -f "$1" ]] && [[ "$(sha256sum <"$1" | cut -d' ' -f1)" == "$2" ]]
}

# The grammar's code generator; Debian's own is too old for its C++ runtime.
install_antlr() {
  if has_digest "$cache/$antlr_jar" "$antlr_sha256"; then
    say "ANTLR tool $antlr_version: in $cache"
    return
  fi
  say "ANTLR tool $antlr_version: fetching with Maven"
  mkdir -p "$cache"
  local folder
  folder="$(mktemp -d "$cache/antlr.XXXXXX")"
  # shellcheck disable=SC2064  # the folder is known now
  trap "rm -rf '$folder'" EXIT
  mvn -q -B -Dstyle.color=never dependency:copy \
    "-Dartifact=org.antlr:antlr4:${antlr_version}:jar:complete" "-DoutputDirectory=$folder" \
    </dev/null >&2 || fail "ANTLR tool: Maven could not fetch it"
  if ! has_digest "$folder/$antlr_jar" "$antlr_sha256"; then
    fail "ANTLR tool: refused and deleted, its SHA-256 is not $antlr_sha256"
  fi
  mv -f "$folder/$antlr_jar" "$cache/$antlr_jar"
  rm -rf "$folder"
  trap - EXIT
  say "ANTLR tool $antlr_version: digest checked, kept in $cache"
}

install_test_python() {
  local requirements="$here/test-requirements.txt" folder="$cache/test-python" python=/usr/bin/python3
  [[ -x $python ]] || python=python3
  if cmp -s "$requirements" "$folder/installed.txt" && [[ -x $folder/bin/python ]]; then
    say "Python packages of the tests: in $folder"
    return
  fi
  say "Python packages of the tests: installing into $folder"
  rm -rf "$folder"
  "$python" -m venv "$folder"
  "$folder/bin/python" -m pip install -q --disable-pip-version-check --no-input \
    --only-binary :all: --require-hashes -r "$requirements" >&2
  cp "$requirements" "$folder/installed.txt"
  say "Python packages of the tests: installed"
}

main() {
  local with_tests=0
  case "${1:-}" in
    "") ;;
    --tests) with_tests=1 ;;
    *) fail "usage: $0 [--tests]" ;;
  esac
  command -v dpkg-query >/dev/null || fail "this script knows Debian 12 only (no dpkg-query here)"

  local packages=("${build_packages[@]}")
  # Any Java and any Maven will do; Maven only as long as the ANTLR tool is not in the cache.
  command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
  if ! has_digest "$cache/$antlr_jar" "$antlr_sha256" && ! command -v mvn >/dev/null; then
    packages+=(maven)
  fi
  if [[ $with_tests -eq 1 ]]; then
    packages+=("${test_packages[@]}")
  fi
  install_packages "${packages[@]}"
  install_antlr
  if [[ $with_tests -eq 1 ]]; then
    install_test_python
  fi
}

main "$@"
