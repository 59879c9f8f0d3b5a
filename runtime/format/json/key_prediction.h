#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/format/json/json_scanner.h"

namespace weir {

/// The order in which keys have come so far. Producers write their keys in one order and leave some
/// out, so the next key is nearly always the expected one or one a little further on: comparing
/// bytes with it replaces scanning, hashing and searching for it.
class KeyPrediction {
 public:
  struct Key {
    Key(std::string_view text, int field_index);

    std::string quoted;   ///< `"name"`, as it stands in the text
    int field = -1;       ///< index of the declared field; -1: an unknown key
    uint64_t start = 0;   ///< first and last 8 bytes of `quoted` when it has 8 to 16: compared
    uint64_t finish = 0;  ///< without a call
  };

  struct SeenKey {
    std::string_view quoted;
    int field = -1;
  };

  /// False while records don't keep an order that is worth predicting.
  bool enabled() const { return !keys_.empty() && pause_ == 0; }
  bool paused() const { return pause_ > 0; }
  size_t size() const { return keys_.size(); }
  const Key& key(size_t index) const { return keys_[index]; }

  /// Passes the key at the scanner if it is the one at `from` or after; its index, else size().
  size_t Match(JsonScanner& scanner, size_t from) const {
    for (size_t i = from; i < keys_.size(); ++i) {
      if (Passes(scanner, keys_[i])) return i;
    }
    return keys_.size();
  }

  /// A record came in another order than predicted: `keys` in its order.
  void Learn(const std::vector<SeenKey>& keys);
  /// Counts how records went, to stop predicting where it doesn't pay.
  void CountHit() { ++records_; }
  void CountMiss();
  /// While paused: one record has passed.
  void CountPaused() {
    if (pause_ > 0) --pause_;
  }

 private:
  static bool Passes(JsonScanner& scanner, const Key& key) {
    const size_t size = key.quoted.size();
    if (size < 8 || size > 16) return scanner.ConsumeText(key.quoted);
    return scanner.ConsumeWords(key.start, key.finish, size);
  }
  void Replace(const std::vector<SeenKey>& seen);

  std::vector<Key> keys_;
  uint32_t records_ = 0, misses_ = 0;
  uint32_t pause_ = 0;  ///< records until the next attempt
};

}  // namespace weir
