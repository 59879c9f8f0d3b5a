#include "runtime/dlq/dead_letter_replay.h"

namespace weir {
namespace {

/// Sent, and marked, together.
constexpr size_t kBatchLetters = 1000;

const plan::SourceNode* FindSource(const plan::LogicalPlan& plan, const std::string& name) {
  for (const auto& node : plan.nodes) {
    if (node == nullptr || node->kind != plan::NodeKind::kSource) continue;
    const auto& source = static_cast<const plan::SourceNode&>(*node);
    if (source.source == name) return &source;
  }
  return nullptr;
}

}  // namespace

DeadLetterReplay::DeadLetterReplay(const plan::LogicalPlan& plan, const ConnectorRegistry& registry,
                                   const Clock& clock, ReplayOptions options)
    : plan_(plan), registry_(registry), clock_(clock), options_(std::move(options)) {}

DeadLetterReplay::Target& DeadLetterReplay::TargetOf(const std::string& source) {
  const auto [at, is_new] = targets_.try_emplace(source);
  Target& target = at->second;
  if (!is_new) return target;
  const plan::SourceNode* node = FindSource(plan_, source);
  if (node == nullptr) {
    target.why_not = fmt::format("the pipeline has no source {} now", source);
    return target;
  }
  auto made = ReplayTarget::Make(*node, plan_.settings.name, registry_, clock_);
  if (made.ok()) {
    target.replay = *std::move(made);
  } else {
    target.why_not = made.status().message();
  }
  return target;
}

bool DeadLetterReplay::HasTimedRecords(const std::string& source) const {
  const plan::SourceNode* node = FindSource(plan_, source);
  const ConnectorSpec* spec = node == nullptr ? nullptr : registry_.Find(node->connector.connector);
  return spec != nullptr && spec->source && spec->source->timed_records;
}

std::string DeadLetterReplay::IdentityOf(const DeadLetterEntry& entry) const {
  return entry.Identity(HasTimedRecords(entry.source));
}

Status DeadLetterReplay::Take(DeadLetterEntry entry) {
  if (options_.wanted && !options_.wanted(entry)) return Status::Ok();
  ++report_.wanted;
  const std::string identity = IdentityOf(entry);
  ReplayMarks::State state = marks_.Of(identity);
  // Marks of versions that knew no times.
  if (state == ReplayMarks::State::kNew) state = marks_.Of(entry.Identity(false));
  if (state == ReplayMarks::State::kSent || seen_.contains(identity)) {
    ++report_.sent_before;
    return Status::Ok();
  }
  if (state == ReplayMarks::State::kSending && !options_.resend) {
    ++report_.uncertain;
    return Status::Ok();
  }
  if (const std::string why = entry.WhyNotReplayable(); !why.empty()) {
    ++report_.not_replayable[why];
    return Status::Ok();
  }
  Target& target = TargetOf(entry.source);
  if (target.replay == nullptr) {
    ++report_.not_replayable[target.why_not];
    return Status::Ok();
  }
  if (!options_.force) {
    const std::string refusal = target.replay->Refusal(entry);
    if (!refusal.empty()) {
      ++report_.refused[refusal];
      return Status::Ok();
    }
  }
  seen_[identity] = true;
  const std::string source = entry.source;
  target.batch.push_back(std::move(entry));
  return target.batch.size() >= kBatchLetters ? Flush(source, target) : Status::Ok();
}

Status DeadLetterReplay::Flush(const std::string& source, Target& target) {
  if (target.batch.empty()) return Status::Ok();
  const auto count = static_cast<int64_t>(target.batch.size());
  if (!options_.dry_run) {
    std::vector<std::string> identities;
    for (const DeadLetterEntry& entry : target.batch) identities.push_back(IdentityOf(entry));
    WEIR_TRY(target.replay->OpenFor(target.batch).WithContext("source " + source));
    WEIR_TRY(marks_.MarkSending(identities));
    WEIR_TRY(target.replay->Send(target.batch).WithContext("source " + source));
    WEIR_TRY(marks_.MarkSent(identities));
  }
  report_.sent += count;
  report_.sent_to[source] += count;
  target.batch.clear();
  return Status::Ok();
}

Status DeadLetterReplay::Run(DeadLetterReader& letters) {
  WEIR_TRY(marks_.Open(options_.state_folder, options_.dry_run));
  int64_t read = 0;
  bool more = true;
  while (more && !report_.stopped) {
    std::vector<DeadLetterEntry> entries;
    WEIR_ASSIGN(more, letters.Read(entries));
    read += static_cast<int64_t>(entries.size());
    for (DeadLetterEntry& entry : entries) WEIR_TRY(Take(std::move(entry)));
    if (options_.progress && !options_.progress(read, report_.sent)) report_.stopped = true;
  }
  Status status;
  for (auto& [source, target] : targets_) {
    if (status.ok()) status = Flush(source, target);
    if (target.replay == nullptr) continue;
    const Status closed = target.replay->Close();
    if (status.ok()) status = closed;
  }
  return status;
}

}  // namespace weir
