#pragma once

#include <string>

#include "runtime/connectors/generator/ecommerce_users.h"
#include "runtime/connectors/generator/record_model.h"

namespace weir {

/// Payments of the same shop's users; total_amount is quantity × unit_price − discount + tax.
class EcommerceTransactions final : public RecordModel {
 public:
  explicit EcommerceTransactions(const ModelSettings& settings)
      : settings_(settings), users_(settings.seed, settings.users) {}
  void Append(const RecordRequest& request, std::string& out) override;

 private:
  ModelSettings settings_;
  UserDirectory users_;
};

}  // namespace weir
