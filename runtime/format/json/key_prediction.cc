#include "runtime/format/json/key_prediction.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kMostKeys = 256;
constexpr size_t kLongestKey = 256;
/// Of this many records at most half may miss.
constexpr uint32_t kTrialRecords = 512;
constexpr uint32_t kPauseRecords = 16'384;

}  // namespace

KeyPrediction::Key::Key(std::string_view text, int field_index) : quoted(text), field(field_index) {
  if (quoted.size() < 8) return;
  std::memcpy(&start, quoted.data(), 8);
  std::memcpy(&finish, quoted.data() + quoted.size() - 8, 8);
}

void KeyPrediction::Learn(const std::vector<SeenKey>& seen) {
  if (seen.size() > kMostKeys) return;
  size_t next = 0;  // where the following key is expected
  for (const SeenKey& key : seen) {
    if (key.quoted.size() > kLongestKey) continue;
    const auto found = std::find_if(keys_.begin(), keys_.end(), [&key](const Key& known) {
      return known.quoted == key.quoted;
    });
    const size_t at = static_cast<size_t>(found - keys_.begin());
    if (found == keys_.end()) {
      keys_.insert(keys_.begin() + static_cast<ptrdiff_t>(next), Key(key.quoted, key.field));
      ++next;
    } else if (at >= next) {
      next = at + 1;
    } else {
      Replace(seen);  // the order has changed: this record's counts from now on
      return;
    }
  }
  if (keys_.size() > kMostKeys) Replace(seen);
}

void KeyPrediction::Replace(const std::vector<SeenKey>& seen) {
  keys_.clear();
  for (const SeenKey& key : seen) {
    if (key.quoted.size() <= kLongestKey) keys_.emplace_back(key.quoted, key.field);
  }
}

void KeyPrediction::CountMiss() {
  ++misses_;
  if (++records_ < kTrialRecords) return;
  if (misses_ * 2 > records_) pause_ = kPauseRecords;
  records_ = 0;
  misses_ = 0;
}

}  // namespace weir
