#!/usr/bin/env bash
# Installs what building Weir needs on a bare Debian 12. Safe to run again: what is there stays.
#
#   deploy/dev/install.sh              compiler, libraries, the ANTLR tool
#   deploy/dev/install.sh --tests      also the Python packages of the tests, and --services
#   deploy/dev/install.sh --services   also what deploy/dev/services runs: Java, the jars of Kafka
#   deploy/dev/install.sh --store      also the embedded ClickHouse engine, for `store`
#
# Options can be given together.
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

# The embedded ClickHouse engine; runtime/chdb/chdb_library.cc looks for it in the same folder.
chdb_release=26.7.3
chdb_package="@chdb/lib-linux-x64-gnu@${chdb_release}-stable.1"
chdb_sha512=5cff7b98caa7739b59a4a432c11f0dedc2d3b073624e61ebdf4a42e66ce8de35a6ba48ca9f62016bad1cd81fe059435cb858ce3235a8a2b408082a81563e70a7
chdb_folder="$cache/chdb-$chdb_release"
chdb_megabytes=178

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

# Runs apt with what it prints in a log: of hundreds of lines the last one is shown now and then, and
# all of them when it fails.
run_apt() {
  local log reporter code=0
  log="$(mktemp)"
  while sleep 5; do
    say "  $(tail -n 1 "$log" | cut -c 1-80)"
  done &
  reporter=$!
  "$@" >"$log" 2>&1 </dev/null || code=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  [[ $code -eq 0 ]] || cat "$log" >&2
  rm -f "$log"
  return "$code"
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
     run_apt "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; then
    say "Debian packages: installed"
    return
  fi
  # The lists of a fresh image are absent; old ones name files that are gone.
  say "updating apt's package lists"
  run_apt "${apt[@]}" update || fail "apt-get update failed"
  run_apt "${apt[@]}" install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get install failed"
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

# Says every few seconds how much of a download has arrived in a folder, until it is ended.
report_progress() {
  local folder="$1" what="$2" total="$3" arrived
  while sleep 3; do
    arrived="$(du -sm "$folder" 2>/dev/null | cut -f1)" || return 0
    say "$what: ${arrived:-0} of about $total MB"
  done
}

fetch_store() {
  local folder="$1" reporter code=0
  report_progress "$folder/cache" "ClickHouse engine" "$chdb_megabytes" &
  reporter=$!
  # A cache of its own: the package would else lie in the user's npm cache for ever.
  (cd "$folder" && npm_config_cache="$folder/cache" npm_config_update_notifier=false \
    npm pack --silent "$chdb_package" </dev/null >/dev/null) || code=$?
  kill "$reporter" 2>/dev/null || true
  wait "$reporter" 2>/dev/null || true
  [[ $code -eq 0 ]] || fail "ClickHouse engine: npm could not fetch $chdb_package"
}

# The ClickHouse engine of the connector `store`: 178 MB to fetch, 570 MB on disk.
install_store() {
  if [[ -f "$chdb_folder/libchdb.so" ]]; then
    say "ClickHouse engine $chdb_release: in $chdb_folder"
    return
  fi
  if [[ "$(uname -m)" != x86_64 ]]; then
    say "ClickHouse engine: there is none for $(uname -m); pipelines with store() can't run here"
    return
  fi
  say "ClickHouse engine $chdb_release: fetching with npm (once, $chdb_megabytes MB)"
  mkdir -p "$cache"
  local folder package
  folder="$(mktemp -d "$cache/chdb.XXXXXX")"
  # shellcheck disable=SC2064  # the folder is known now
  trap "rm -rf '$folder'" EXIT
  fetch_store "$folder"
  package="$(find "$folder" -maxdepth 1 -name '*.tgz' | head -n 1)"
  if [[ "$(sha512sum <"$package" | cut -d' ' -f1)" != "$chdb_sha512" ]]; then
    fail "ClickHouse engine: refused and deleted, its SHA-512 is not $chdb_sha512"
  fi
  say "ClickHouse engine: digest checked, unpacking"
  mkdir "$folder/unpacked"
  tar -xzf "$package" -C "$folder/unpacked" --strip-components=1 package/libchdb.so
  # The folder appears whole or not at all.
  rm -rf "$chdb_folder"
  mv "$folder/unpacked" "$chdb_folder"
  rm -rf "$folder"
  trap - EXIT
  say "ClickHouse engine $chdb_release: in $chdb_folder"
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

services_are_there() {
  "$here/services" fetched kafka
}

main() {
  local with_tests=0 with_services=0 with_store=0 option
  for option in "$@"; do
    case "$option" in
      --tests) with_tests=1 with_services=1 ;;
      --services) with_services=1 ;;
      --store) with_store=1 ;;
      *) fail "usage: $0 [--tests] [--services] [--store]" ;;
    esac
  done
  command -v dpkg-query >/dev/null || fail "this script knows Debian 12 only (no dpkg-query here)"

  local packages=("${build_packages[@]}")
  # Any Java and any Maven will do; Maven only as long as something is not in the cache.
  command -v java >/dev/null || packages+=(openjdk-17-jre-headless)
  local needs_maven=0
  has_digest "$cache/$antlr_jar" "$antlr_sha256" || needs_maven=1
  if [[ $with_services -eq 1 ]] && ! services_are_there; then
    needs_maven=1
  fi
  if [[ $needs_maven -eq 1 ]] && ! command -v mvn >/dev/null; then
    packages+=(maven)
  fi
  if [[ $with_store -eq 1 && ! -f "$chdb_folder/libchdb.so" ]] && ! command -v npm >/dev/null; then
    packages+=(npm)
  fi
  if [[ $with_tests -eq 1 ]]; then
    packages+=("${test_packages[@]}")
  fi
  install_packages "${packages[@]}"
  install_antlr
  if [[ $with_store -eq 1 ]]; then
    install_store
  fi
  if [[ $with_services -eq 1 ]]; then
    "$here/services" fetch kafka
  fi
  if [[ $with_tests -eq 1 ]]; then
    install_test_python
  fi
}

main "$@"
