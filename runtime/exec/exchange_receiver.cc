#include "runtime/exec/exchange_receiver.h"

#include <utility>

namespace weir {

ExchangeReceiver::ExchangeReceiver(std::vector<ExchangeChannel*> senders)
    : senders_(std::move(senders)), progress_(senders_.size()) {}

bool ExchangeReceiver::Takeable(size_t sender, bool rows) const {
  if (progress_.Barred(sender)) return false;
  const StreamElement* element = senders_[sender]->Front();
  return element != nullptr && (rows || std::holds_alternative<Control>(*element));
}

bool ExchangeReceiver::Ready(bool rows) const {
  for (size_t i = 0; i < senders_.size(); ++i) {
    if (Takeable(i, rows)) return true;
  }
  return false;
}

bool ExchangeReceiver::empty() const {
  for (const ExchangeChannel* sender : senders_) {
    if (!sender->empty()) return false;
  }
  return true;
}

void ExchangeReceiver::RunOne(bool rows) {
  for (size_t i = 0; i < senders_.size(); ++i) {
    const size_t sender = (next_ + i) % senders_.size();
    if (!Takeable(sender, rows)) continue;
    next_ = sender + 1;
    Take(sender);
    return;
  }
}

void ExchangeReceiver::Take(size_t sender) {
  StreamElement element = std::move(*senders_[sender]->Front());
  senders_[sender]->Pop();
  if (const auto* batch = std::get_if<RecordBatch>(&element)) {
    port_.Emit(*batch);
    return;
  }
  const Control& control = std::get<Control>(element);
  const InputProgress::Change change = progress_.Receive(sender, control);
  if (change.watermark) port_.Send(Control::Watermark(progress_.watermark()));
  if (change.status) port_.Send(Control::Status(progress_.idle()));
  if (change.ended) port_.Send(Control::End());
  if (change.barrier) port_.Send(Control::Barrier(progress_.aligned()));
}

}  // namespace weir
