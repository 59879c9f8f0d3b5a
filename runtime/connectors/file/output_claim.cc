#include "runtime/connectors/file/output_claim.h"

#include <filesystem>
#include <mutex>
#include <set>

namespace weir {
namespace {

std::mutex& ClaimsMutex() {
  static std::mutex mutex;
  return mutex;
}

std::set<std::string>& Claims() {
  static std::set<std::string> claims;
  return claims;
}

}  // namespace

OutputClaim::~OutputClaim() {
  if (path_.empty()) return;
  const std::lock_guard<std::mutex> lock(ClaimsMutex());
  Claims().erase(path_);
}

Status OutputClaim::Take(const std::string& path) {
  std::error_code ignored;
  const std::string absolute = std::filesystem::weakly_canonical(path, ignored).string();
  const std::lock_guard<std::mutex> lock(ClaimsMutex());
  if (!Claims().insert(absolute).second) {
    return MakeStatus(StatusCode::kAlreadyExists,
                      "another sink writes to {} already: give each its own path", path);
  }
  path_ = absolute;
  return Status::Ok();
}

}  // namespace weir
