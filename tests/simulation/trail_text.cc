#include "tests/simulation/trail_text.h"

#include <fmt/format.h>

#include <array>

#include "runtime/base/hash.h"

namespace weir::simulation {
namespace {

constexpr std::array<std::string_view, 18> kNames = {
    "link",        "unlink", "rename",    "write",    "truncate", "sync",
    "failed sync", "claim",  "insert",    "restored", "position", "ledger",
    "view row",    "frozen", "committed", "ended",    "problem",  "choice"};

/// The start, printable, and a sum of all.
std::string Shown(std::string_view bytes) {
  std::string text(bytes.substr(0, 100));
  for (char& c : text) {
    if (c < ' ') c = '.';
  }
  if (bytes.size() <= 100) return text;
  return fmt::format("{}... ({} bytes, {:x})", text, bytes.size(),
                     HashBytes(bytes.data(), bytes.size()));
}

}  // namespace

std::string ToText(const Entry& entry) {
  std::string text(kNames.at(static_cast<size_t>(entry.tag)));
  const bool is_of_disk = entry.tag <= Tag::kFailedSync;
  if (!is_of_disk) text += fmt::format(" {} {} {}", entry.a, entry.b, entry.c);
  if (entry.tag == Tag::kWrite || entry.tag == Tag::kTruncate) text += fmt::format(" {}", entry.b);
  if (!entry.x.empty()) text += " " + Shown(entry.x);
  if (!entry.y.empty()) text += " | " + Shown(entry.y);
  return text;
}

}  // namespace weir::simulation
