#include "tests/simulation/seed_digest.h"

#include "runtime/base/hash.h"

namespace weir::simulation {
namespace {

/// Probes are called after the process.
std::string_view NameOf(std::string_view name) {
  return name.starts_with(".weir-probe-") ? name.substr(0, 12) : name;
}

}  // namespace

void SeedDigest::Mix(uint64_t value) {
  value_ = (value_ ^ value) * 0x9e3779b97f4a7c15;
  value_ ^= value_ >> 29;
}

void SeedDigest::Mix(std::string_view text) { Mix(HashBytes(text.data(), text.size())); }

bool SeedDigest::IsLeftOut(uint64_t inode) const {
  const auto found = names_.find(inode);
  if (found == names_.end()) return true;
  const std::string_view name = found->second;
  return name.ends_with(".sst") || name.starts_with("MANIFEST") || name.starts_with("OPTIONS") ||
         name.ends_with(".dbtmp") || name == "IDENTITY" || name == "LOG";
}

void SeedDigest::Add(const Trail& trail) {
  trail.ForEach([this](const Entry& entry) {
    Mix(static_cast<uint64_t>(entry.tag));
    switch (entry.tag) {
      case Tag::kLink:
        names_[entry.b] = entry.x;
        Mix(NameOf(entry.x));
        break;
      case Tag::kUnlink: Mix(NameOf(entry.x)); break;
      case Tag::kRename:
        Mix(entry.x);
        Mix(entry.y);
        break;
      case Tag::kWrite:
        if (IsLeftOut(entry.a)) break;
        Mix(entry.b);
        Mix(entry.x);
        break;
      case Tag::kTruncate:
        if (!IsLeftOut(entry.a)) Mix(entry.b);
        break;
      case Tag::kSync:
      case Tag::kFailedSync: break;
      case Tag::kEnded: Mix(entry.a); break;
      default:
        Mix(entry.a);
        Mix(entry.b);
        Mix(entry.c);
        Mix(entry.x);
        Mix(entry.y);
        break;
    }
  });
}

}  // namespace weir::simulation
