#pragma once

#include <queue>
#include <string>
#include <vector>

#include "runtime/connectors/generator/ecommerce_users.h"
#include "runtime/connectors/generator/record_model.h"

namespace weir {

/// Actions of users of a shop. Users come in visits: a visit has one session id, device, browser
/// and address and about 20 events some seconds apart; the next visit of a user is, as long as
/// there are users enough, more than half an hour later. An event belongs to the visit that is due;
/// when none is, a new visit begins, so that the declared rate is met exactly.
class EcommerceEvents final : public RecordModel {
 public:
  explicit EcommerceEvents(const ModelSettings& settings);
  void Append(const RecordRequest& request, std::string& out) override;

 private:
  struct Visit {
    Micros due = 0;  ///< of its next event
    uint64_t number = 0;
    uint64_t user = 0;
    uint32_t product = 0;
    uint32_t events_left = 0;
    bool operator>(const Visit& other) const {
      return due != other.due ? due > other.due : number > other.number;
    }
  };

  Visit TakeVisit(Micros time, Random& random);
  Visit StartVisit(Micros time, Random& random);
  void PutBack(Visit visit, Micros time, Random& random);

  ModelSettings settings_;
  UserDirectory users_;
  std::priority_queue<Visit, std::vector<Visit>, std::greater<>> visits_;
  uint64_t visits_started_ = 0;
  std::vector<Micros> last_seen_;  ///< by user of this partition; end of the latest visit so far
};

}  // namespace weir
