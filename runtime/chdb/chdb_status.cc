#include "runtime/chdb/chdb_status.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace weir {
namespace {

constexpr std::string_view kStart = "Code: ";

// Numbers of ClickHouse's ErrorCodes.cpp; they never change their meaning.
constexpr int kMissing[] = {16, 47, 60, 81};  // column, identifier, table, database
constexpr int kFull[] = {241, 243};           // memory limit, no space
constexpr int kLater[] = {159, 202, 209, 210, 236, 242, 252, 319, 394, 425};  // too many parts …
constexpr int kSystem[] = {74, 75, 76, 77, 246, 271, 1000, 1001};  // reading, writing, corruption

template <size_t N>
bool Contains(const int (&codes)[N], int code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

StatusCode CodeFor(int code, std::string_view text) {
  if (Contains(kFull, code) || text.find("No space left on device") != std::string_view::npos ||
      text.find("Disk quota exceeded") != std::string_view::npos) {
    return StatusCode::kResourceExhausted;
  }
  if (Contains(kMissing, code)) return StatusCode::kNotFound;
  if (code == 57 || code == 82) return StatusCode::kAlreadyExists;  // table, database
  if (code == 164 || code == 497) return StatusCode::kPermissionDenied;
  if (Contains(kLater, code)) return StatusCode::kUnavailable;
  if (code == 0 || code == 49 || Contains(kSystem, code)) return StatusCode::kIoError;
  return StatusCode::kInvalidArgument;
}

}  // namespace

int ChdbErrorCode(std::string_view error) {
  const size_t start = error.find(kStart);
  if (start == std::string_view::npos) return 0;
  int code = 0;
  const char* digits = error.data() + start + kStart.size();
  std::from_chars(digits, error.data() + error.size(), code);
  return code;
}

Status StatusFromChdb(std::string_view error) {
  const int code = ChdbErrorCode(error);
  const StatusCode status = CodeFor(code, error);
  for (const std::string_view prefix : {"DB::Exception: ", "default: "}) {
    const size_t found = error.find(prefix);
    if (found != std::string_view::npos && (found == 0 || prefix.starts_with("DB"))) {
      error.remove_prefix(found + prefix.size());
    }
  }
  if (const size_t version = error.rfind(" (version "); version != std::string_view::npos) {
    error = error.substr(0, version);
  }
  while (!error.empty() && (error.back() == '\n' || error.back() == ' ')) error.remove_suffix(1);
  return Status(status, std::string(error.empty() ? "the engine failed without a message" : error));
}

}  // namespace weir
