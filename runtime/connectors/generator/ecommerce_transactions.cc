#include "runtime/connectors/generator/ecommerce_transactions.h"

#include <fmt/format.h>

#include "runtime/connectors/generator/draw_purpose.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr std::string_view kStatus[] = {"completed", "completed", "completed", "pending",
                                        "refunded"};
constexpr std::string_view kMethods[] = {"card", "paypal", "transfer", "wallet"};

enum class TransactionFlaw : int {
  kNone,
  kBadUuid,
  kWrongTotal,
  kMissingStatus,
  kTruncated,
  kTooManyDigits,
  kZeroQuantity,
  kCount
};

void AppendAmount(std::string_view name, int64_t cents, std::string& out) {
  out += fmt::format(",\"{}\":{}.{:02}", name, cents / 100, cents % 100);
}

}  // namespace

void EcommerceTransactions::Append(const RecordRequest& request, std::string& out) {
  Random random(settings_.seed, kDrawTransaction + (uint64_t{settings_.partition} << 16),
                request.number);
  const size_t start = out.size();
  TransactionFlaw flaw = TransactionFlaw::kNone;
  if (request.invalid)
    flaw = static_cast<TransactionFlaw>(
        random.Between(1, static_cast<int>(TransactionFlaw::kCount) - 1));
  const uint64_t product = random.Below(kProducts);
  const int64_t quantity = flaw == TransactionFlaw::kZeroQuantity ? 0 : random.Between(1, 4);
  const int64_t unit = ProductCents(settings_.seed, product);
  const int64_t discount = random.Chance(0.2) ? quantity * unit / 10 : 0;
  const int64_t tax = (quantity * unit - discount) * 19 / 100;
  const int64_t total =
      quantity * unit - discount + tax + (flaw == TransactionFlaw::kWrongTotal ? 500 : 0);

  out += "{\"transaction_id\":\"";
  AppendUuid(random.Uuid(), out);
  if (flaw == TransactionFlaw::kBadUuid) out.resize(out.size() - 4);
  out += "\",\"user_id\":\"";
  AppendUuid(users_.Id(users_.Pick(random, settings_.partition, settings_.partitions)), out);
  out += "\",\"product_id\":\"";
  AppendUuid(ProductId(settings_.seed, product), out);
  out += fmt::format("\",\"quantity\":{}", quantity);
  AppendAmount("unit_price", unit, out);
  if (flaw == TransactionFlaw::kTooManyDigits) out += "5";
  AppendAmount("total_amount", total, out);
  AppendAmount("discount_amount", discount, out);
  AppendAmount("tax_amount", tax, out);
  if (flaw != TransactionFlaw::kMissingStatus) {
    out += fmt::format(",\"status\":\"{}\"", kStatus[random.Below(std::size(kStatus))]);
  }
  out += fmt::format(",\"payment_method\":\"{}\",\"created_at\":\"",
                     kMethods[random.Below(std::size(kMethods))]);
  AppendTimestamp(request.time - request.behind, out);
  out += "\"}";
  if (flaw == TransactionFlaw::kTruncated) out.resize(start + (out.size() - start) / 2);
}

}  // namespace weir
