#pragma once

#include <cstdint>
#include <vector>

#include "runtime/exec/exchange_channel.h"
#include "runtime/exec/input_progress.h"
#include "runtime/exec/output.h"

namespace weir {

/// One worker's receiving end of an exchange: takes elements from every sender in turn, combines
/// watermarks, aligns barriers, hands rows to the readers by direct calls. One thread.
class ExchangeReceiver {
 public:
  explicit ExchangeReceiver(std::vector<ExchangeChannel*> senders);

  /// Readers of the exchange are connected here.
  OutputPort& port() { return port_; }

  /// Something can be taken. `rows`: row batches too, else only control elements.
  bool Ready(bool rows) const;
  /// Takes one element from sender `first` or, if it has none, from the next one that does.
  void RunOne(bool rows);
  bool empty() const;
  /// Last barrier passed on.
  uint64_t aligned() const { return progress_.aligned(); }

 private:
  bool Takeable(size_t sender, bool rows) const;
  void Take(size_t sender);

  std::vector<ExchangeChannel*> senders_;
  InputProgress progress_;
  OutputPort port_;
  size_t next_ = 0;
};

}  // namespace weir
