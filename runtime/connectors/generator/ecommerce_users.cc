#include "runtime/connectors/generator/ecommerce_users.h"

#include "runtime/connectors/generator/draw_purpose.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr std::string_view kTiers[] = {"bronze", "silver", "gold", "platinum"};
constexpr double kActivity[] = {1.0, 1.3, 1.6, 1.9};

}  // namespace

Fixed16 UserDirectory::Id(uint64_t user) const { return Random(seed_, kDrawUserId, user).Uuid(); }

int UserDirectory::TierIndex(uint64_t user) const {
  const uint64_t percent = Random(seed_, kDrawTier, user).Below(100);
  return percent < 60 ? 0 : percent < 85 ? 1 : percent < 97 ? 2 : 3;
}

std::string_view UserDirectory::Tier(uint64_t user) const { return kTiers[TierIndex(user)]; }
double UserDirectory::Activity(uint64_t user) const { return kActivity[TierIndex(user)]; }

bool UserDirectory::IsActive(uint64_t user) const {
  return Random(seed_, kDrawActive, user).Below(100) < 98;
}

uint64_t UserDirectory::Pick(Random& random, uint32_t partition, uint32_t partitions) const {
  const uint64_t mine = (count_ - partition + partitions - 1) / partitions;
  while (true) {
    const uint64_t user = random.Below(mine) * partitions + partition;
    if (random.Fraction() * kActivity[3] < Activity(user)) return user;
  }
}

void EcommerceUsers::Append(const RecordRequest& request, std::string& out) {
  const uint64_t user = request.number * settings_.partitions + settings_.partition;
  out += "{\"user_id\":\"";
  AppendUuid(users_.Id(user), out);
  out += "\",\"tier\":\"";
  out += users_.Tier(user);
  out += users_.IsActive(user) ? "\",\"is_active\":true}" : "\",\"is_active\":false}";
}

Fixed16 ProductId(uint64_t seed, uint64_t product) {
  return Random(seed, kDrawProductId, product).Uuid();
}

int64_t ProductCents(uint64_t seed, uint64_t product) {
  return Random(seed, kDrawPrice, product).Between(299, 29'999);
}

}  // namespace weir
