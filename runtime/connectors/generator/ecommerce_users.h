#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/generator/record_model.h"

namespace weir {

/// The users of a shop: bronze 60 %, silver 25, gold 12, platinum 3, as a function of seed and
/// number, so that events, transactions and the table of users agree.
class UserDirectory {
 public:
  UserDirectory(uint64_t seed, uint64_t count) : seed_(seed), count_(count) {}

  uint64_t count() const { return count_; }
  Fixed16 Id(uint64_t user) const;
  std::string_view Tier(uint64_t user) const;
  /// 1, 1.3, 1.6, 1.9 by tier.
  double Activity(uint64_t user) const;
  /// 98 % are.
  bool IsActive(uint64_t user) const;
  /// A user of `partition`, in proportion to activity.
  uint64_t Pick(Random& random, uint32_t partition, uint32_t partitions) const;

 private:
  int TierIndex(uint64_t user) const;

  uint64_t seed_;
  uint64_t count_;
};

/// Rows of the table: user_id, tier, is_active.
class EcommerceUsers final : public RecordModel {
 public:
  explicit EcommerceUsers(const ModelSettings& settings)
      : users_(settings.seed, settings.users), settings_(settings) {}
  void Append(const RecordRequest& request, std::string& out) override;

 private:
  UserDirectory users_;
  ModelSettings settings_;
};

/// A product's id and price (in cents), a function of its number.
Fixed16 ProductId(uint64_t seed, uint64_t product);
int64_t ProductCents(uint64_t seed, uint64_t product);
inline constexpr uint64_t kProducts = 5000;

}  // namespace weir
